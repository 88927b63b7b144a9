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

const boxes = (list) => [...list.querySelectorAll('[name="job"]')];

/** Let one box choose all jobs of the list, which the server can't. */
function chooseAll(list) {
  const all = list.querySelector("#choose-all");
  if (!all) return;
  all.hidden = false;
  const box = all.querySelector("input");
  const update = () => {
    box.checked = boxes(list).every((each) => each.checked);
  };
  box.addEventListener("change", () => {
    for (const each of boxes(list)) each.checked = box.checked;
  });
  for (const each of boxes(list)) each.addEventListener("change", update);
  update();
}

/** What leads to the same place, or chooses the same job, in another copy of the list. */
const target = (element) => element.href ?? element.formAction + element.value;

/** Replace the shown list by `list`; what is chosen and focused stays so. */
function show(list) {
  const focused = shown().contains(document.activeElement) && target(document.activeElement);
  const chosen = new Set(boxes(shown()).filter((box) => box.checked).map((box) => box.value));
  speak(states(shown()), states(list));
  shown().replaceWith(list);
  for (const box of boxes(list)) box.checked = chosen.has(box.value);
  chooseAll(list);
  if (focused) [...list.querySelectorAll("a, input, button")].find((each) => target(each) === focused)?.focus();
}

/** What changes as jobs go on; the time until an archive changes without any. */
const progress = (list) =>
  [...list.querySelectorAll(".state, [data-progress]")].map((each) => each.textContent).join();

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
    if (list.textContent === shown().textContent) continue;
    if (progress(list) !== progress(shown())) delay = FASTEST;
    show(list);
  }
}

chooseAll(shown());
follow();
