import { showCopyButtons, startCopying } from "./copy.js";

const spoken = document.getElementById("spoken");
showCopyButtons();
startCopying((words) => {
  spoken.textContent = words;
});
