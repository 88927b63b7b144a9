// Fills in the people of the inheritance filter from a PED file, which stays in the browser.
import { trioOf } from "./parse.js";

const MOST_BYTES = 5_000_000;

const field = (name) => document.getElementById(`f-${name}`);

/** Show what needs this script; the filter is replaced with each answer. */
function reveal() {
  for (const part of document.querySelectorAll("[data-ped]")) part.hidden = false;
}

async function fill(file) {
  const says = document.getElementById("ped-says");
  if (file.size > MOST_BYTES) {
    says.textContent = "This is too large for a PED file.";
    return;
  }
  const samples = [...field("affected").options].map((option) => option.value).filter(Boolean);
  const trio = trioOf(await file.text(), samples);
  if (trio.reason) {
    says.textContent = trio.reason;
    return;
  }
  for (const name of ["affected", "mother", "father"]) field(name).value = trio[name];
  for (const role of ["mother", "father"]) {
    field(`affected_parent-${role}`).checked = trio.affectedParents.includes(role);
  }
  const named = [trio.mother && `mother ${trio.mother}`, trio.father && `father ${trio.father}`].filter(Boolean);
  says.textContent = `Affected: ${trio.affected}${named.length ? `, ${named.join(", ")}` : ""}. Choose a mode.`;
}

// The filter is applied when a mode is chosen: until then it isn't replaced.
const keep = (event) => event.target.id === "ped" && event.stopImmediatePropagation();
document.addEventListener("input", keep, { capture: true });
reveal();
new MutationObserver(reveal).observe(document.body, { childList: true, subtree: true });
document.addEventListener("change", (event) => {
  const [file] = (event.target.id === "ped" && event.target.files) || [];
  if (file) fill(file);
});
