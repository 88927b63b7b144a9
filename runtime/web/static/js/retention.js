// Counts down until a result is archived, and reloads the page when its state changes.
const HOUR = 3600;
const MINUTE = 60;
const COUNT_MS = 5_000;
const WATCH_MS = 30_000;

/** Return the time left in words, as the server writes it; null when no time is left. */
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
  else element.textContent = "Being archived now";
}

async function watch(element) {
  if (document.hidden || secondsUntil(element.dataset.from ?? 0) > 0) return;
  const answer = await fetch(element.dataset.watch, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { result_state: state } = await answer.json();
  if (state && state !== element.dataset.state) location.reload();
}

// Looked up each time: job.js adds these elements when the job has ended.
const each = (selector, see) => document.querySelectorAll(selector).forEach(see);
setInterval(() => each("[data-due]", countDown), COUNT_MS);
// A failed request is ignored: the next one follows soon.
setInterval(() => each("[data-watch]", (element) => watch(element).catch(() => {})), WATCH_MS);
