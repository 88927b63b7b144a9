// The details of what was clicked in the genome browser. It is our own list, because igv.js's uses
// style attributes, which the pages' Content-Security-Policy forbids.

/** A value for people: one consequence per line, with its parts separated. */
function readable(value) {
  const text = String(value ?? "");
  if (!text.includes("|")) return text;
  return text
    .split(",")
    .map((each) => each.split("|").filter(Boolean).join(" · "))
    .join("\n");
}

function add(list, name, value) {
  const term = document.createElement("dt");
  const description = document.createElement("dd");
  term.textContent = name.replace(/:$/, "").replaceAll("_", "_\u200b"); // allows a line break
  description.textContent = readable(value);
  list.append(term, description);
}

/** A link to a variant's row in the table of variants. */
function rowOf(group, table) {
  const { Chr: contig, Pos: position } = Object.fromEntries(group.map((f) => [f.name, f.value]));
  if (!contig || !position) return [];
  const link = document.createElement("a");
  link.href = `${table}?region=${encodeURIComponent(`${contig}:${position}`)}`;
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

/** Return igv.js's fields of what was clicked as markup; undefined when there are none. */
export function popup(fields, table) {
  const parts = groupsOf(fields ?? []).flatMap((group) => {
    const list = document.createElement("dl");
    for (const { name, value } of group) {
      if (name !== "Loc" && !["", "."].includes(String(value ?? ""))) add(list, name, value);
    }
    return [...rowOf(group, table), list];
  });
  if (!parts.length) return undefined;
  const whole = document.createElement("div");
  whole.className = "gas-popup";
  whole.append(...parts);
  return whole.outerHTML;
}
