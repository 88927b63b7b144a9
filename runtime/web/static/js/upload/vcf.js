// What the beginning of a VCF file says: version, samples, contigs, and how large a record is.

const COLUMNS = "#CHROM POS ID REF ALT QUAL FILTER INFO".split(" ");
const CONTIG = /^##contig=<(.*)>$/;

const field = (text, name) => new RegExp(`(?:^|,)${name}=("[^"]*"|[^,]*)`, "i").exec(text)?.[1];

/** Lines of `text` that are whole; the last one too when the text is all of the file. */
function lines(text, complete) {
  const found = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const last = found.pop();
  return complete && last ? [...found, last] : found;
}

/** What is wrong with the line that names the columns, "" when nothing is. */
function columnsProblem(line) {
  if (!line.includes("\t")) return "The columns must be separated by tabs, not spaces.";
  const names = line.split("\t");
  const missing = COLUMNS.find((name, index) => names[index] !== name);
  return missing ? `The column ${missing.replace("#", "")} is missing or misplaced.` : "";
}

/**
 * Read what `start` (see readStart) says.
 *
 * Returns {version, samples, contigs, reference, seen, records, size, header, problem}: `contigs`
 * maps the names of the header to their lengths, `seen` counts records by contig, `size` is that of
 * an average record, `header` whether the line with the columns has come.
 */
export function readVcf({ text, complete }) {
  const all = lines(text, complete);
  const first = all[0] ?? text.slice(0, 200);
  const found = {
    version: /^##fileformat=VCFv(\d+\.\d+)/.exec(first)?.[1] ?? "",
    samples: [], contigs: new Map(), reference: "", seen: new Map(),
    records: 0, size: 0, header: false, complete, problem: "",
  };
  if (!found.version) {
    found.problem = /^##fileformat=VCFv\d/.test(first) ? "" : notVcf(first);
    if (found.problem) return found;
  }
  let bytes = 0;
  for (const line of all) {
    if (line.startsWith("##")) readMeta(line, found);
    else if (line.startsWith("#CHROM")) {
      found.header = true;
      found.samples = line.split("\t").slice(COLUMNS.length + 1);
      found.problem = columnsProblem(line);
      if (found.problem) return found;
    } else if (line && found.header) {
      found.records += 1;
      bytes += line.length + 1;
      const contig = line.slice(0, line.indexOf("\t"));
      found.seen.set(contig, (found.seen.get(contig) ?? 0) + 1);
    } else if (line) {
      found.problem = "The line that begins with #CHROM and names the columns is missing.";
      return found;
    }
  }
  found.size = found.records ? bytes / found.records : 0;
  if (complete && !found.header) {
    found.problem = "The line that begins with #CHROM and names the columns is missing.";
  } else if (complete && !found.records) {
    found.problem = "The file has a header but no variants: there is nothing to annotate.";
  }
  return found;
}

function readMeta(line, found) {
  const contig = CONTIG.exec(line);
  if (contig) {
    const name = field(contig[1], "ID");
    if (name) found.contigs.set(name, Number(field(contig[1], "length")) || 0);
    found.reference ||= field(contig[1], "assembly")?.replaceAll('"', "") ?? "";
  } else if (line.startsWith("##reference=")) {
    found.reference = line.slice("##reference=".length);
  }
}

function notVcf(first) {
  const shown = first.length > 40 ? `${first.slice(0, 40)}…` : first;
  return `This isn't a VCF file: it begins with “${shown}”, where a VCF file begins with “##fileformat=VCFv4.2” or alike.`;
}

/** Estimated number of records of a file whose decompressed size is `total` bytes. */
export function estimate(found, total, textLength) {
  if (found.complete) return { count: found.records, exact: true };
  if (!found.size) return null;
  const header = textLength - found.records * found.size;
  return { count: Math.max(found.records, Math.round((total - header) / found.size)), exact: false };
}
