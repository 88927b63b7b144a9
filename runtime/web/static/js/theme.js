// Runs before the page is drawn, so that the dark theme doesn't flash white. Print is always light.
const dark = matchMedia("(prefers-color-scheme: dark)");
const paper = matchMedia("print");
const apply = () => {
  document.documentElement.dataset.bsTheme = dark.matches && !paper.matches ? "dark" : "light";
};
apply();
dark.addEventListener("change", apply);
paper.addEventListener("change", apply);
