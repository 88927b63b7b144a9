// The upload page. Files are chosen, dropped, pasted, or the example file; each becomes a job.
import { request } from "../api.js";
import { knownAssemblies } from "./assemblies.js";
import { Follower } from "./follow.js";
import { Item } from "./item.js";
import { toVcf } from "./paste.js";

const AT_ONCE = 3;

const part = (id) => document.getElementById(id);
const form = part("upload");
const rules = {
  limit: Number(form.dataset.limit),
  most: Number(form.dataset.most),
  mostDecompressed: Number(form.dataset.mostDecompressed),
  stateNames: JSON.parse(form.dataset.stateNames),
  extensions: form.dataset.extensions.split(" "),
};
let loading;
const items = new Set();
let looked = Promise.resolve();

const speak = (text) => {
  part("spoken").textContent = text;
};

function complain(text) {
  part("problem").textContent = text;
  part("problem").hidden = !text;
}

const having = (...states) => [...items].filter((item) => states.includes(item.state));
const busy = () => having("queued", "sending", "submitting").length > 0;

const follower = new Follower(form.dataset.states, {
  onEnd: (item) => speak(`${item.file.name}: ${item.part("state").textContent}`),
  onLost: complain,
});

function refresh() {
  part("files").classList.toggle("several", items.size > 1);
  part("note-field").hidden = !having("ready", "queued", "sending", "failed").length;
  const ready = having("ready").length;
  part("send").textContent = ready > 1 ? `Upload and annotate ${ready} files` : "Upload and annotate";
  part("send").disabled = busy() && !ready;
  part("send").hidden = !ready && !busy() && having("done").length > 0;
  part("all-jobs").hidden = !having("done").length;
}

/** Add to the rules what files are compared with: the references offered, and known assemblies. */
async function load() {
  const facts = await request(form.dataset.references);
  rules.references = facts.references;
  rules.known = knownAssemblies(facts);
}

/** Load that once; after a failure, when it is wanted again. */
function loaded() {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

function take(files) {
  looked = Promise.all([looked, add(files)]);
  return looked;
}

async function add(files) {
  complain("");
  try {
    await loaded();
  } catch (error) {
    complain(`${error.message} The files weren't checked: choose them again.`);
    return;
  }
  const fresh = files.map((file) =>
    new Item(file, rules, () => part("note").value.trim(), {
      onChange: () => queueMicrotask(refresh),
      onSpeak: speak,
      onRemove: (item) => {
        items.delete(item);
        refresh();
        part("file").focus();
      },
    }));
  for (const item of fresh) {
    items.add(item);
    part("files").append(item.element);
  }
  for (const item of items) item.part("details").open = items.size === 1;
  await Promise.all(fresh.map((item) => item.look()));
  const good = fresh.filter((item) => item.state === "ready").length;
  speak(`${good} of ${fresh.length} ${fresh.length === 1 ? "file" : "files"} can be annotated.`);
}

const queue = [];
let senders = 0;

/** Send queued files one after another, until none is left. */
async function sendQueued() {
  senders += 1;
  for (let item = queue.shift(); item; item = queue.shift()) {
    if (items.has(item)) await item.send();
    if (items.size > 1 && item.jobId) follower.add(item);
  }
  senders -= 1;
  if (!senders) lead();
}

/** Send what is ready, a few files at once. */
function sendAll() {
  for (const item of having("ready")) {
    item.become("queued");
    queue.push(item);
  }
  while (queue.length && senders < AT_ONCE) sendQueued();
}

/** Go on when everything is uploaded: a single file leads to its job. */
function lead() {
  const [only] = items;
  if (items.size === 1 && only.state === "done") location.assign(only.url);
  refresh();
  if (part("send").hidden) part("all-jobs").focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await looked;
  const [open] = having("open");
  if (open) {
    complain(`Choose the reference for ${open.file.name}.`);
    open.part("reference").focus();
    return;
  }
  if (!having("ready").length) {
    complain(items.size ? "None of these files can be uploaded. Each one says why. Choose another file." : "Choose a file first, or use the example file.");
    part("file").focus();
    return;
  }
  complain("");
  sendAll();
});

part("file").addEventListener("change", () => {
  const files = [...part("file").files];
  part("file").value = ""; // so that the same file can be chosen again
  take(files);
});

// The whole page accepts files: dropping one outside the box would make the browser leave the page.
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    part("drop").classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) part("drop").classList.remove("over");
});
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  part("drop").classList.remove("over");
  take([...event.dataTransfer.files]);
});

part("example")?.addEventListener("click", async () => {
  try {
    const answer = await fetch(form.dataset.example);
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    await take([new File([await answer.blob()], "example.vcf")]);
  } catch {
    complain("The example file isn't available at the moment. Try again.");
  }
});

/** Look pasted lines up; returns the text of a VCF file, or "" after saying why there is none. */
async function resolved(pasted) {
  if (!pasted.trim()) {
    complain("Paste some lines first.");
    return "";
  }
  complain("");
  speak("Looking up the lines");
  part("add-pasted").disabled = true;
  try {
    await loaded();
    const { text, problems } = await toVcf(pasted, rules.references);
    complain(problems.join(" "));
    return text ?? "";
  } catch (error) {
    complain(`The lines couldn't be looked up. ${error.message} Try again.`);
    return "";
  } finally {
    part("add-pasted").disabled = false;
  }
}

part("add-pasted").addEventListener("click", async () => {
  const pasted = part("pasted").value;
  const text = await resolved(pasted);
  if (!text) {
    part("pasted").focus();
    return;
  }
  const file = new File([text], "pasted.vcf");
  await take([file]);
  // Lines that can't be annotated stay, so that they can be fixed.
  const ready = [...items].some((item) => item.file === file && item.state === "ready");
  if (ready && part("pasted").value === pasted) part("pasted").value = "";
});

addEventListener("beforeunload", (event) => {
  if (busy()) event.preventDefault();
});

refresh();
loaded().catch(() => {}); // the first file that is chosen tries again, and says why it fails
