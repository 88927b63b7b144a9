// Buttons that copy a name. Browsers let a page write to the clipboard only where its address is safe
// (HTTPS, or this machine), so elsewhere the buttons stay hidden: the text can be selected.

/** Show the buttons of what has been put into the page. */
export function showCopyButtons() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
}

/** Copy on a click from now on; `say` tells people and screen readers how it went. */
export function startCopying(say) {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    const name = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(name);
      button.dataset.copied = "yes";
      say(`Copied ${name}`);
    } catch {
      say(`Your browser doesn't let this page copy. Select ${name} instead.`);
    }
  });
}
