// Runs before the page is drawn, so that nobody in the dark is dazzled. Paper is white in both.
const dark = matchMedia("(prefers-color-scheme: dark)");
const paper = matchMedia("print");
const apply = () => {
  document.documentElement.dataset.bsTheme = dark.matches && !paper.matches ? "dark" : "light";
};
apply();
dark.addEventListener("change", apply);
paper.addEventListener("change", apply);
