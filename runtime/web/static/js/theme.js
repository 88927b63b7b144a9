// Runs before the page is drawn, so that nobody in the dark is dazzled.
const dark = matchMedia("(prefers-color-scheme: dark)");
const apply = () => {
  document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light";
};
apply();
dark.addEventListener("change", apply);
