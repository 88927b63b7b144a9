// Keeps the list as it is at the server for as long as a job in it is under way, asking more slowly
// the longer nothing changes.
import { rest } from "./api.js";
import { showLocalTimes } from "./times.js";

const UNDER_WAY = ".state-PENDING, .state-RUNNING, .state-RESTORING";
const FASTEST = 2000;
const SLOWEST = 15000;
const SLOWER = 1.4;

const shown = () => document.getElementById("jobs");

/** State of each job of a list, by the address of its page. */
const states = (list) => new Map([...list.querySelectorAll(".job-row")].map((row) =>
  [row.querySelector("a").href, row.querySelector(".state")]));

/** Say which jobs have come to an end, for those who can't see it. */
function speak(before, after) {
  const ended = [...after].filter(([url, state]) =>
    before.get(url)?.matches(UNDER_WAY) && !state.matches(UNDER_WAY));
  const said = ended.map(([, state]) =>
    `${state.closest(".job-row").querySelector("a").textContent}: ${state.textContent.trim()}`);
  if (said.length) document.getElementById("spoken").textContent = said.join(", ");
}

/** Put `list` in the place of the one shown; the link that has the focus keeps it. */
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
    if (!answer?.ok) continue; // a lost connection is no news: the next answer tells
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
