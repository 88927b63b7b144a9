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
async function show(url) {
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
  keep(fresh);
  root().replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  return true;
}

/** What the reader has opened and where they write stays so. */
function keep(fresh) {
  const open = root().querySelectorAll("details");
  fresh.querySelectorAll("details").forEach((part, at) => {
    if (open[at]) part.open = open[at].open || (part.open && part.id !== "filters");
  });
  const field = document.activeElement;
  const again = field?.matches("#filter input[id]") && fresh.querySelector(`#${field.id}`);
  if (again) again.value = field.value;
}

/** Go to `url` in place; whoever wrote in a field goes on writing there. */
async function go(url, { push = true } = {}) {
  const field = document.activeElement?.id;
  const caret = document.activeElement?.selectionStart;
  try {
    if (!(await show(url))) return;
  } catch {
    location.assign(url);
    return;
  }
  if (push) history.pushState(null, "", url);
  const again = field && document.getElementById(field);
  if (again) {
    again.focus();
    if (caret != null && again.setSelectionRange) again.setSelectionRange(caret, caret);
  }
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

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("#explorer a[data-swap]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const closes = link.hasAttribute("data-close");
  await go(link.href);
  const panel = document.getElementById("variant");
  if (link.hash === "#variant" && panel) panel.focus();
  else if (closes) document.getElementById("content").focus();
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "filter") return;
  event.preventDefault();
  go(addressOf(event.target));
});

let typed = 0;
document.addEventListener("input", async (event) => {
  const form = event.target.closest?.("#filter");
  if (!form) return;
  const number = (typed += 1);
  if (event.target.type !== "checkbox") await pause(TYPING);
  if (number === typed) go(addressOf(document.getElementById("filter")));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector("[data-close]")?.click();
});

addEventListener("popstate", () => go(location.href, { push: false }));

if (matchMedia("(max-width: 63.99rem)").matches) document.getElementById("filters").open = false;
