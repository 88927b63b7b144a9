// Makes the table of variants quick: links and the filter take the new content from the server and
// put it in the place of the old, the address follows. Without this script each is a page of its own.
import { pause } from "./api.js";

const TYPING = 350;
const root = () => document.getElementById("explorer");
let latest = 0;

/** Say how many variants there are, for those who don't see it. */
function speak() {
  const count = document.getElementById("count") ?? document.querySelector(".note-bad");
  document.getElementById("spoken").textContent = count?.textContent.trim() ?? "";
}

/** Put what the server shows at `url` in the place of what is shown; false if it was overtaken. */
async function show(url, writing) {
  const number = (latest += 1);
  root().setAttribute("aria-busy", "true");
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number !== latest) return false;
  const fresh = page.getElementById("explorer");
  if (!fresh) {
    location.assign(url); // another page altogether: signed out, or the result has gone
    return false;
  }
  keepOpen(fresh);
  if (writing) keepText(fresh);
  const { id, selectionStart: caret } = document.activeElement ?? {};
  root().replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  goOnAt(id, caret);
  return true;
}

/** Give the focus to what it was taken from with the old content, a field its caret too. */
function goOnAt(id, caret) {
  const again = id && document.getElementById(id);
  if (!again) return;
  again.focus();
  if (caret != null && again.setSelectionRange) again.setSelectionRange(caret, caret);
}

/** What the reader has opened stays open, what they have closed closed. */
function keepOpen(fresh) {
  const name = (part) => part.querySelector("summary").textContent.trim();
  const known = new Map([...root().querySelectorAll("details")].map((part) => [name(part), part.open]));
  for (const part of fresh.querySelectorAll("details")) part.open = known.get(name(part)) ?? part.open;
}

/** Where the reader writes, what they wrote since the server was asked stays. */
function keepText(fresh) {
  const field = document.activeElement;
  if (!field?.matches('#filter input[type="text"]')) return;
  const again = fresh.querySelector(`#${CSS.escape(field.id)}`);
  if (again) again.value = field.value;
}

/**
 * Go to `url` in place; whoever was at a field or a link goes on there.
 *
 * `record` tells what the browser's history makes of it: "push", "replace", or nothing.
 */
async function go(url, record, { writing = false } = {}) {
  try {
    if (!(await show(url, writing))) return;
  } catch {
    location.assign(url);
    return;
  }
  if (record) history[`${record}State`](null, "", url);
  speak();
}

/** The address that the filter's form would lead to, without what is empty. */
function addressOf(form) {
  const wanted = new URL(form.action);
  for (const [name, value] of new FormData(form)) {
    if (value.trim()) wanted.searchParams.append(name, value.trim());
  }
  return wanted.href;
}

/** Where the reader goes on after a link: its variant's panel, that variant's row, or the count. */
function focusAfter(link, key) {
  const row = link.hasAttribute("data-close") && key && document.getElementById(`row-${key}`);
  const panel = link.hash === "#variant" && document.getElementById("variant");
  const lost = document.activeElement === document.body && document.getElementById("count");
  (row || panel || lost || null)?.focus();
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
let written = ""; // the field that the latest step of the history came from
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

if (matchMedia("(max-width: 63.99rem)").matches) document.getElementById("filters").open = false;
