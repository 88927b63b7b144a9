// The details of what was clicked in the genome browser. It is our own list, because igv.js's uses
// style attributes, which the pages' Content-Security-Policy forbids.

/** Of an effect: Consequence, IMPACT, SYMBOL, Feature, HGVSc and HGVSp, which
 * runtime/annotator/csq_field.py writes at these places. The table shows the rest. */
const SHOWN = [1, 2, 3, 6, 10, 11];

/** The effects of a variant, one per line. */
function effects(value) {
  return String(value ?? "")
    .split(",")
    .map((each) => each.split("|"))
    .map((parts) => SHOWN.map((at) => parts[at]).filter(Boolean).join(" · "))
    .join("\n");
}

function add(list, name, text) {
  const term = document.createElement("dt");
  const description = document.createElement("dd");
  term.textContent = name.replace(/:$/, "").replaceAll("_", "_\u200b"); // allows a line break
  description.textContent = text;
  list.append(term, description);
}

/** The address of a table of variants, whose filter stays, in a region. */
export function inRegion(table, region) {
  const url = new URL(table, location.href);
  url.searchParams.set("region", region);
  return url.href;
}

/** A link to a variant's row in the table of variants, where there is one. */
function rowOf(group, table) {
  const { Chr: contig, Pos: position } = Object.fromEntries(group.map((f) => [f.name, f.value]));
  if (!table || !contig || !position) return [];
  const link = document.createElement("a");
  link.href = inRegion(table, `${contig}:${position}`);
  link.textContent = "Show in the table";
  return [link];
}

/** The fields of what was clicked, in groups. A field without a name separates two groups. */
function groupsOf(fields) {
  const groups = [[]];
  for (const field of fields) {
    if (field.name) groups.at(-1).push(field);
    else groups.push([]);
  }
  return groups.filter((group) => group.length);
}

/**
 * Return igv.js's fields of what was clicked as markup; undefined when there are none.
 *
 * `tag` is the name of the field that holds effects. `table` is the address of the table of
 * variants, for the reader's own variants.
 */
export function popup(fields, tag, table) {
  const parts = groupsOf(fields ?? []).flatMap((group) => {
    const list = document.createElement("dl");
    for (const { name, value } of group) {
      const text = name.replace(/:$/, "") === tag ? effects(value) : String(value ?? "");
      if (name !== "Loc" && !["", "."].includes(text)) add(list, name, text);
    }
    return [...rowOf(group, table), list];
  });
  if (!parts.length) return undefined;
  const whole = document.createElement("div");
  whole.className = "gas-popup";
  whole.append(...parts);
  return whole.outerHTML;
}
