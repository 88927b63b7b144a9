// One chosen file on the page: its check, its upload, and its job.
import { humanSize } from "../sizes.js";
import { look } from "./look.js";
import { Cancelled, send } from "./send.js";

/** Answers that reject the upload itself. After any other answer its ticket is still valid. */
const REFUSED = [400, 413];

const SIGNED_OUT = "You are signed out. Sign in again in another tab, then try again here.";

let number = 0;
const template = document.getElementById("file-item");

const LONGEST = 200;
const LONGEST_NOTE = 500;

/** A name that the service accepts: slashes and invisible characters become underscores, a long name
 *  is cut. */
export function acceptedName(name) {
  const [extension] = /(\.vcf(\.gz|\.bgz)?)?$/i.exec(name);
  const stem = name.slice(0, name.length - extension.length).normalize("NFC");
  const accepted = stem.replace(/\p{C}|(?! )\p{Z}|[/\\]/gu, "_").replace(/^[. ]+/, "") || "file";
  return [...accepted].slice(0, LONGEST - extension.length).join("") + extension;
}

function show(element, text) {
  element.textContent = text;
  element.hidden = !text;
}

/** States: looking, stopped, open (the reference is to be chosen), ready, queued, sending, submitting, failed, done. */
export class Item {
  /** `events` is {onChange, onSpeak, onRemove}; `note()` returns the note that its job gets. */
  constructor(file, rules, note, events) {
    this.file = file;
    this.name = acceptedName(file.name);
    this.renamed = this.name !== file.name.normalize("NFC");
    this.rules = rules;
    this.note = note;
    this.events = events;
    this.state = "looking";
    this.gone = new AbortController(); // the person has removed the file
    this.element = template.content.firstElementChild.cloneNode(true);
    this.part("name").textContent = file.name;
    for (const [name, action] of [["remove", "remove"], ["cancel", "cancel"], ["retry", "send"]]) {
      const button = this.part(name);
      button.setAttribute("aria-label", `${button.textContent.trim()} ${file.name}`);
      button.addEventListener("click", () => this[action]());
    }
    number += 1;
    this.offer();
    this.progress(0);
    this.become("looking");
  }

  /** List the references that are offered. */
  offer() {
    const select = this.part("reference");
    select.id = `reference-${number}`;
    this.part("reference-label").htmlFor = select.id;
    for (const { name, assembly, version } of this.rules.references) {
      select.add(new Option(`${assembly} (${name} ${version})`, name));
    }
    select.addEventListener("change", () => this.decide(select.value));
  }

  part(name) {
    return this.element.querySelector(`[data-part="${name}"]`);
  }

  /** Check the file, and show what was found. */
  async look() {
    try {
      this.looked = await look(this.file, this.rules, {
        signal: this.gone.signal,
        onProgress: (share) => show(this.part("state"), `Checking the file… ${Math.floor(100 * share)} %`),
      });
      if (this.gone.signal.aborted) return;
      const { facts } = this.looked;
      if (this.renamed) facts.unshift(["Stored as", this.name]);
      this.tell(facts);
      this.decide("");
    } catch {
      show(this.part("stop"), "The file can't be read. Was it moved or changed? Choose it again.");
      this.become("stopped");
    }
  }

  /** Decide which reference the file is annotated with; `chosen` is the person's choice, or "". */
  decide(chosen) {
    const { stop, warning, decide } = this.looked;
    const { reference, level, text } = decide?.(chosen) ?? { reference: "", level: "good", text: "" };
    this.reference = reference;
    this.part("reference").value = reference;
    const stopped = level === "stop" ? text : "";
    show(this.part("stop"), stop || stopped);
    show(this.part("warning"), [warning, level === "warn" || level === "open" ? text : ""].filter(Boolean).join(" "));
    // Another reference may fit where this one doesn't; nothing mends another fault.
    this.choosable = Boolean(decide) && !stop && this.rules.references.length > 1;
    this.become(stop || stopped ? "stopped" : level === "open" ? "open" : "ready");
  }

  tell(facts) {
    const cells = facts.map(([name, value]) => {
      const group = document.createElement("div");
      group.classList.toggle("wide", value.length > 40);
      const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      detail.textContent = value;
      group.append(term, detail);
      return group;
    });
    this.part("facts").replaceChildren(...cells);
    this.part("details").hidden = !cells.length;
  }

  /** Upload the file and make its job; resolves once it is done, failed or cancelled. */
  async send() {
    this.aborter = new AbortController();
    this.said = 0;
    show(this.part("stop"), "");
    this.progress(0);
    this.become("sending");
    try {
      const job = await send(this.file, this.name, this.reference, () => this.fullNote(), {
        signal: this.aborter.signal,
        ticket: this.ticket,
        onProgress: (share) => this.progress(share),
        onSubmit: (ticket) => {
          this.ticket = ticket;
          this.progress(1);
          this.become("submitting");
        },
      });
      this.url = job.url;
      this.jobId = job.job_id;
      this.part("job").href = job.url;
      this.become("done");
      this.events.onSpeak(`${this.file.name} has been uploaded, and its job has started.`);
    } catch (error) {
      let text = error instanceof Cancelled ? "You cancelled this upload." : error.message;
      if (error.status === 401) text = SIGNED_OUT;
      if (REFUSED.includes(error.status)) this.ticket = undefined; // the next attempt uploads it again
      show(this.part("stop"), text);
      this.become("failed");
    }
  }

  /** The note, and the file's own name where it is stored by another: the list of jobs searches both. */
  fullNote() {
    const lines = [this.renamed ? this.file.name : "", this.note()].filter(Boolean);
    return lines.join("\n").slice(0, LONGEST_NOTE);
  }

  /** Show where the job of the file stands; `job` is {state, progress, error}. */
  showJob(job) {
    this.job = job;
    this.element.dataset.job = job.state;
    const name = this.rules.stateNames[job.state] ?? "Deleted";
    show(this.part("state"), job.state === "RUNNING" ? `${name} ${job.progress} %` : name);
    show(this.part("stop"), job.error);
  }

  cancel() {
    this.aborter?.abort();
  }

  remove() {
    this.gone.abort();
    this.element.remove();
    this.events.onRemove(this);
  }

  progress(share) {
    const percent = Math.floor(100 * share);
    this.part("bar").value = percent;
    const sent = humanSize(Math.floor(share * this.file.size));
    this.part("amount").textContent = `${percent} %, ${sent} of ${humanSize(this.file.size)}`;
    const quarter = 25 * Math.floor(percent / 25);
    if (quarter > (this.said ?? 0)) {
      this.said = quarter;
      this.events.onSpeak(`${this.file.name}: ${quarter} % uploaded`);
    }
  }

  become(state) {
    const focused = this.element.querySelector(":focus");
    this.state = state;
    const busy = state === "sending" || state === "submitting";
    const words = { looking: "Checking the file…", stopped: "Can't be annotated", open: "Choose the reference", ready: "Ready", queued: "Queued", failed: this.ticket ? "Uploaded, but no job was created" : "Not uploaded", done: "Uploaded" };
    this.element.dataset.state = state;
    show(this.part("state"), words[state] ?? "");
    this.part("phase").textContent = state === "submitting" ? "Starting the job" : "Uploading";
    this.part("sending").hidden = !busy;
    this.part("cancel").hidden = state !== "sending";
    this.part("retry").hidden = state !== "failed";
    this.part("remove").hidden = busy || state === "done";
    this.part("job").hidden = state !== "done";
    this.part("reference-field").hidden = !this.choosable || !["ready", "open", "stopped"].includes(state);
    this.keepFocus(focused);
    this.events.onChange();
  }

  /** When a focused button disappears, move the focus to the button that replaces it. */
  keepFocus(focused) {
    this.owed ||= Boolean(focused?.closest("[hidden]"));
    const next = this.element.querySelector(".actions > :not([hidden])");
    if (!this.owed || !next) return;
    this.owed = false;
    if (document.activeElement === document.body || document.activeElement === focused) next.focus();
  }
}
