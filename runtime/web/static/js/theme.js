// Runs before the page is drawn, so that a chosen theme doesn't flash. Without a choice, or without
// scripts, the style sheets follow the system.
const THEMES = ["light", "dark"];
const root = document.documentElement;

/** Show a theme, or the system's for any other value. */
function apply(theme) {
  if (THEMES.includes(theme)) root.dataset.theme = theme;
  else delete root.dataset.theme;
}

/** What this browser keeps between pages; null where its owner lets sites keep nothing. */
function memory() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** Let the reader choose, in the foot of the page; other open pages follow. */
function offerChoice() {
  const choice = document.getElementById("theme");
  const show = (theme) => {
    apply(theme);
    choice.value = root.dataset.theme ?? "";
  };
  show(memory()?.getItem("theme"));
  choice.closest("[hidden]").hidden = false;
  choice.addEventListener("change", () => {
    apply(choice.value);
    if (choice.value) memory()?.setItem("theme", choice.value);
    else memory()?.removeItem("theme");
  });
  addEventListener("storage", (event) => event.key === "theme" && show(event.newValue));
}

apply(memory()?.getItem("theme"));
document.addEventListener("DOMContentLoaded", offerChoice);
