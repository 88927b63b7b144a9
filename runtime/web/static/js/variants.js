// Makes the table of variants fast: links and the filter load the new content, replace the old, and
// update the address. Without this script each of them loads a page.
import { pause } from "./api.js";
import { showCopyButtons, startCopying } from "./copy.js";

const TYPING = 350;
const root = () => document.getElementById("explorer");
let latest = 0;
let pushOwed = false; // by a request that a later one came before

/** Have screen readers say something. */
function say(text) {
  document.getElementById("spoken").textContent = text;
}

/** Tell screen readers how many variants there are. */
function speak() {
  const count = document.getElementById("count") ?? document.querySelector(".note-bad");
  say(count?.textContent.trim() ?? "");
}

/** Replace the shown content by that of `url`; false if a later request came first. */
async function show(url, writing) {
  const number = (latest += 1);
  root().setAttribute("aria-busy", "true");
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number !== latest) return false;
  const fresh = page.getElementById("explorer");
  if (!fresh) {
    location.assign(url); // a different page: signed out, or the result was archived
    return false;
  }
  keepOpen(fresh);
  if (writing) keepText(fresh);
  const { id, selectionStart: caret } = document.activeElement ?? {};
  root().replaceWith(document.adoptNode(fresh));
  showCopyButtons();
  document.title = page.title;
  goOnAt(id, caret);
  return true;
}

/** Restore the focus after the content was replaced, and in a field the caret. */
function goOnAt(id, caret) {
  const again = id && document.getElementById(id);
  if (!again) return;
  again.focus();
  if (typeof caret === "number" && again.setSelectionRange) again.setSelectionRange(caret, caret);
}

/** Keep open what the reader has opened, and closed what they have closed. */
function keepOpen(fresh) {
  const name = (part) => part.querySelector("summary").textContent.trim();
  const known = new Map([...root().querySelectorAll("details")].map((part) => [name(part), part.open]));
  for (const part of fresh.querySelectorAll("details")) part.open = known.get(name(part)) ?? part.open;
}

/** Keep what the reader has typed since the request was sent. */
function keepText(fresh) {
  const field = document.activeElement;
  if (!field?.matches('#filter input[type="text"]')) return;
  const again = fresh.querySelector(`#${CSS.escape(field.id)}`);
  if (again) again.value = field.value;
}

/**
 * Show `url` without leaving the page; a focused field or link keeps the focus.
 *
 * `record` is how the browser's history records it: "push", "replace", or not at all. When a later
 * request comes first, its own record takes the place of this one's, and a push must not be lost.
 */
async function go(url, record, { writing = false } = {}) {
  pushOwed = Boolean(record) && (pushOwed || record === "push");
  try {
    if (!(await show(url, writing))) return;
  } catch {
    location.assign(url);
    return;
  }
  if (record) history[pushOwed ? "pushState" : "replaceState"](null, "", url);
  pushOwed = false;
  speak();
}

/** The address that the filter's form leads to, without empty fields. */
function addressOf(form) {
  const wanted = new URL(form.action);
  for (const [name, value] of new FormData(form)) {
    if (value.trim()) wanted.searchParams.append(name, value.trim());
  }
  return wanted.href;
}

/** Set the focus after a link: the variant's panel, the variant's row, or the count. */
function focusAfter(link, key) {
  const row = link.hasAttribute("data-close") && key && document.getElementById(`row-${key}`);
  const panel = link.hash === "#variant" && document.getElementById("variant");
  // From "Next" to the next variant's own; from a row to the panel.
  const again = link.closest("#variant") && link.id && document.getElementById(link.id);
  const lost = document.activeElement === document.body && document.getElementById("count");
  (row || again || panel || lost || null)?.focus();
}

document.addEventListener("click", async (event) => {
  const menu = document.querySelector(".menu[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
  const link = event.target.closest?.("#explorer a[data-swap]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  written = "";
  const key = new URL(location.href).searchParams.get("variant");
  await go(link.href, "push");
  focusAfter(link, key);
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "filter") return;
  event.preventDefault();
  written = "";
  go(addressOf(event.target), "push");
});

let typed = 0;
let written = ""; // the field that made the latest entry of the history
document.addEventListener("input", async (event) => {
  const form = event.target.closest?.("#filter");
  if (!form) return;
  const number = (typed += 1);
  const { name, type } = event.target;
  if (type !== "checkbox") await pause(TYPING);
  if (number !== typed) return;
  const record = type === "checkbox" || written !== name ? "push" : "replace";
  written = name;
  go(addressOf(document.getElementById("filter")), record, { writing: true });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector(".menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else document.querySelector("[data-close]")?.click();
});

addEventListener("popstate", () => {
  written = "";
  go(location.href);
});

showCopyButtons();
startCopying(say);
// The style sheet shows it there already: a page must not move while it loads.
if (matchMedia("(min-width: 64rem)").matches) document.getElementById("filters").open = true;
