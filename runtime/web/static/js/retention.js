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

function countDown(element) {
  const left = element.querySelector("[data-left]");
  if (!left) return;
  const words = inWords(Number(element.dataset.due) - Date.now() / 1000);
  if (words) left.textContent = words;
  else element.textContent = "Is being archived now";
}

function isDue(element) {
  return !element.dataset.due || Number(element.dataset.due) < Date.now() / 1000;
}

async function watch(element) {
  if (document.hidden || !isDue(element)) return;
  const answer = await fetch(element.dataset.watch, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { result_state: state } = await answer.json();
  if (state && state !== element.dataset.state) location.reload();
}

for (const element of document.querySelectorAll("[data-due]")) {
  setInterval(() => countDown(element), COUNT_MS);
}
for (const element of document.querySelectorAll("[data-watch]")) {
  // A lost connection is no news: the next look tells.
  setInterval(() => watch(element).catch(() => {}), WATCH_MS);
}
