// Counts down to a result's archive, and shows the page anew when the result has moved.
const HOUR = 3600;
const MINUTE = 60;
const COUNT_MS = 5_000;
const WATCH_MS = 15_000;

/** Say how long it is, in the words of services/keeping.py; null when it is over. */
function inWords(seconds) {
  if (seconds <= 0) return null;
  if (seconds > HOUR) return `${Math.ceil(seconds / HOUR)} h`;
  if (seconds > MINUTE) return `${Math.ceil(seconds / MINUTE)} min`;
  return "less than a minute";
}

const secondsUntil = (moment) => Number(moment) - Date.now() / 1000;

function countDown(element) {
  const left = element.querySelector("[data-left]");
  if (!left) return;
  const words = inWords(secondsUntil(element.dataset.due));
  if (words) left.textContent = words;
  else element.textContent = "Is being archived now";
}

async function watch(element) {
  if (document.hidden || secondsUntil(element.dataset.from ?? 0) > 0) return;
  const answer = await fetch(element.dataset.watch, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { result_state: state } = await answer.json();
  if (state && state !== element.dataset.state) location.reload();
}

// Looked for each time: job.js puts them there when the job has ended.
const each = (selector, see) => document.querySelectorAll(selector).forEach(see);
setInterval(() => each("[data-due]", countDown), COUNT_MS);
// A lost connection is no news: the next look tells.
setInterval(() => each("[data-watch]", (element) => watch(element).catch(() => {})), WATCH_MS);
