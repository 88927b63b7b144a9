// Turns pasted lines into a VCF file: adds the header that copied records lack.

const COLUMNS = ["CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"];

/** Columns of a pasted record; they may be separated by spaces, and the last ones may be missing. */
function columns(line) {
  const found = line.includes("\t") ? line.split("\t") : line.trim().split(/\s+/);
  if (found.length === 4) found.splice(2, 0, ".");
  while (found.length < COLUMNS.length) found.push(".");
  return found;
}

/** Return `text` as the text of a VCF file. */
export function toVcf(text) {
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  if (!lines.length) return "";
  const meta = lines.filter((line) => line.startsWith("##"));
  const rows = lines.filter((line) => !line.startsWith("#")).map(columns);
  if (!meta[0]?.startsWith("##fileformat=")) meta.unshift("##fileformat=VCFv4.2");
  const width = Math.max(COLUMNS.length, ...rows.map((row) => row.length));
  const samples = Array.from({ length: Math.max(0, width - 9) }, (_, index) => `sample${index + 1}`);
  const named = lines.find((line) => line.startsWith("#CHROM"));
  const header = named?.trim().split(/\s+/)
    ?? ["#CHROM", ...COLUMNS.slice(1), ...(width > 8 ? ["FORMAT", ...samples] : [])];
  return `${[...meta, header.join("\t"), ...rows.map((row) => row.join("\t"))].join("\n")}\n`;
}
