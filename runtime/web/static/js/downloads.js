// Begins the downloads of a list, one after another: browsers drop those that begin at once.
import { pause } from "./api.js";

const BETWEEN = 1500;

const part = (id) => document.getElementById(id);
const links = [...part("downloads")?.querySelectorAll("a") ?? []];

async function downloadAll() {
  part("download-all").disabled = true;
  for (const [at, link] of links.entries()) {
    part("spoken").textContent = `Download ${at + 1} of ${links.length}: ${link.textContent}`;
    link.click(); // the answer is a file, so this page stays
    await pause(BETWEEN);
  }
  part("download-all").disabled = false;
}

if (links.length > 1) {
  part("download-all").hidden = part("download-hint").hidden = false;
  part("download-all").addEventListener("click", downloadAll);
}
