// Suggests genes while somebody writes in the filter's field: those of the whole reference.
import { pause } from "./api.js";

const TYPING = 200;
const LEAST = 2; // letters: fewer begin too many names
const list = document.getElementById("genes");
let latest = 0;

/** What comes before the last name in a list of names, and the name. */
function parts(text) {
  const [, before, last] = text.match(/^(.*[\s,])?([^\s,]*)$/s);
  return [before ?? "", last];
}

async function suggest(field) {
  const number = (latest += 1);
  const [before, last] = parts(field.value);
  if (last.length < LEAST || last.endsWith("*")) return;
  await pause(TYPING);
  if (number !== latest) return;
  const answer = await fetch(`${list.dataset.search}?q=${encodeURIComponent(last)}`);
  if (!answer.ok || number !== latest) return; // the field works without suggestions
  const { genes } = await answer.json();
  list.replaceChildren(
    ...genes.map(({ name, id, contig }) => {
      const option = document.createElement("option");
      option.value = before + name;
      option.label = [name, id, contig].filter(Boolean).join(" · ");
      return option;
    }),
  );
}

document.addEventListener("input", ({ target }) => {
  // Choosing a suggestion is input, too, of which there is nothing to complete.
  if (target.id === "f-gene" && ![...list.options].some((each) => each.value === target.value)) suggest(target);
});
