// Keeps the list up to date while any of its jobs is in progress. Polls the server, more slowly the
// longer nothing changes.
import { rest } from "./api.js";
import { showLocalTimes } from "./times.js";

const UNDER_WAY = ".state-PENDING, .state-RUNNING, .state-RESTORING";
const FASTEST = 2000;
const SLOWEST = 30000;
const SLOWER = 1.4;

const shown = () => document.getElementById("jobs");

/** State of each job of a list, by the address of its page. */
const states = (list) => new Map([...list.querySelectorAll(".job-row")].map((row) =>
  [row.querySelector("a").href, row.querySelector(".state")]));

/** Tell screen readers which jobs have ended. */
function speak(before, after) {
  const ended = [...after].filter(([url, state]) =>
    before.get(url)?.matches(UNDER_WAY) && !state.matches(UNDER_WAY));
  const said = ended.map(([, state]) =>
    `${state.closest(".job-row").querySelector("a").textContent}: ${state.textContent.trim()}`);
  if (said.length) document.getElementById("spoken").textContent = said.join(", ");
}

/** Replace the shown list by `list`; the focused link keeps the focus. */
function show(list) {
  const focused = shown().contains(document.activeElement) && document.activeElement.href;
  speak(states(shown()), states(list));
  shown().replaceWith(list);
  if (focused) [...list.querySelectorAll("a")].find((link) => link.href === focused)?.focus();
}

async function follow() {
  let delay = FASTEST;
  while (shown().querySelector(UNDER_WAY)) {
    await rest(delay);
    delay = Math.min(delay * SLOWER, SLOWEST);
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) continue; // ignored: the next request follows soon
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!fresh.getElementById("jobs")) return; // the session has ended
    const list = document.adoptNode(fresh.getElementById("jobs"));
    showLocalTimes(list);
    if (list.innerHTML === shown().innerHTML) continue;
    show(list);
    delay = FASTEST;
  }
}

follow();
