// Follows a job until it ends. Polls its state, more slowly the longer nothing changes and not at all
// in a hidden tab, and loads the page's new content when the state changes. An institute shares one
// address, whose requests the firewall limits: docs/deploy.md computes them.
import { request, rest } from "./api.js";
import { showLocalTimes } from "./times.js";

const FASTEST = 400;
const SLOWEST = 30000;
const SLOWER = 1.4;
const STEADY = 2000;
const AFTER_FAILURE = 5000;
const WORDS = {
  RUNNING: "Annotation has started.",
  COMPLETED: "Annotation is complete.",
  FAILED: "The job has ended without a result.",
};

const part = (id) => document.getElementById(id);
const write = (id, text) => {
  if (part(id)) part(id).textContent = text ?? "";
};
const speak = (text) => {
  part("spoken").textContent = text;
};
const ended = (status) => status === "COMPLETED" || status === "FAILED";

/** Where a link or a button leads: this identifies it after the content is replaced. */
const target = (element) => element.href ?? element.form?.action;

/** Focus the element that leads where the old focused one did, or else the new heading. */
function goOnAt(job, led) {
  const heading = job.querySelector("h1");
  heading.tabIndex = -1;
  const again = [...job.querySelectorAll("a, button")].find((element) => target(element) === led);
  (again ?? heading).focus();
}

/** Replace the shown content by the server's current content. */
async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const job = document.adoptNode(fresh.getElementById("job"));
  showLocalTimes(job);
  const focused = part("job").contains(document.activeElement) ? document.activeElement : null;
  part("job").replaceWith(job);
  document.title = fresh.title;
  if (focused) goOnAt(job, target(focused));
}

function showProgress(percent) {
  if (!part("progress")) return;
  part("progress").value = percent;
  part("percent").textContent = percent;
}

/** Towards STEADY, from both sides: a short job is followed closely, and a long one for less. */
const whileItChanges = (delay) =>
  delay < STEADY ? Math.min(delay * 1.1, STEADY) : Math.max(delay / 2, STEADY);

const say = (sentence) => write("connection", sentence);

async function follow() {
  let delay = FASTEST;
  let last = "";
  let status = part("job").dataset.status;
  while (!ended(status)) {
    await rest(delay);
    try {
      const job = await request(part("job").dataset.statusUrl);
      if (job.job_status !== status) {
        await renew();
        status = part("job").dataset.status;
        speak(WORDS[status] ?? "");
      }
      showProgress(job.progress);
      write("headline", job.headline);
      write("detail", job.detail);
      const now = `${job.job_status} ${job.progress} ${job.headline}`;
      delay = now === last ? Math.min(delay * SLOWER, SLOWEST) : whileItChanges(delay);
      last = now;
    } catch (error) {
      if (error.status === 401 || error.status === 404) {
        say(error.message);
        return;
      }
      say("The connection was lost. Trying again.");
      delay = AFTER_FAILURE;
    }
  }
}

follow();
