// Reads the beginning of a VCF file: version, samples, contigs, and the size of a record.
import { formatNumber } from "../formats.js";

const COLUMNS = "#CHROM POS ID REF ALT QUAL FILTER INFO".split(" ");
const MOST_ALLELES = 2000; // of a record, as in runtime/annotator/limits.py
const COMPARED_RECORDS = 20; // of the first ones with plain bases in REF
const MISSING = "The line of column names, which begins with #CHROM, is missing before the first variant.";
// Files of the 2010s begin with ##format=VCFv3.3.
const FIRST_LINE = /^##(?:file)?format=\s*VCFv?(\d{1,3})\.(\d{1,3})\s*$/i;
const CONTIG = "##contig=<";
const MOST_CHARACTERS = 10_000;
const MOST_ASSEMBLIES = 100;
const UNKNOWN_LENGTH = 2 ** 31 - 1; // what some tools write where they don't know it

const field = (text, name) =>
  (new RegExp(`(?:^|,)\\s*${name}=("[^"]*"|[^,]*)`, "i").exec(text)?.[1] ?? "").replaceAll('"', "").trim();

/** Complete lines of `text`; the last one only when the text is the whole file. */
function lines(text, complete) {
  const found = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const last = found.pop();
  return complete && last ? [...found, last] : found;
}

/** What is wrong with the line of column names; "" when nothing is. */
function columnsProblem(line) {
  if (!line.startsWith("#CHROM")) return MISSING;
  if (!line.includes("\t")) return "The columns must be separated by tabs, not spaces.";
  const names = line.split("\t");
  const missing = COLUMNS.find((name, index) => names[index] !== name);
  return missing ? `The column ${missing.replace("#", "")} is missing or misplaced.` : "";
}

/** What is wrong with a record; "" when nothing is. The annotator rejects the same. */
function recordProblem(line, columns) {
  if (line.startsWith("#")) return "a header line among the variants. Were several files joined into one?";
  const cells = line.split("\t");
  if (cells.length !== columns) {
    return `${cells.length} ${cells.length === 1 ? "column" : "columns"}, but the header names ${columns}. Columns must be separated by tabs, not spaces.`;
  }
  const alleles = cells[4].split(",").length;
  if (alleles > MOST_ALLELES) {
    return `${formatNumber(alleles)} ALT alleles; a record may have ${formatNumber(MOST_ALLELES)}. Split the record with bcftools norm -m -any.`;
  }
  return /^\d{1,10}$/.test(cells[1]) ? "" : `POS is “${shortened(cells[1])}”, which is not a number.`;
}

const shortened = (text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/**
 * Read `start`, which readStart returned.
 *
 * Returns {version, samples, lengths, assemblies, reference, seen, first, records, size, header, problem}:
 * `lengths` maps the contigs of the header to their lengths, 0 where none is stated, `assemblies` are
 * the distinct values of assembly=, `seen` counts records by contig, `first` are some of the first
 * records as {contig, position, ref}, `size` is that of an average record, `header` whether the line
 * of column names was found.
 */
export function readVcf({ text, complete }) {
  const all = lines(text, complete);
  const first = all[0] ?? text.slice(0, 200);
  const found = {
    version: FIRST_LINE.exec(first)?.slice(1).map(Number).join(".") ?? "",
    samples: [], lengths: new Map(), assemblies: [], reference: "", seen: new Map(),
    first: [],
    records: 0, size: 0, header: false, complete, problem: "",
  };
  found.problem = versionProblem(found.version, first);
  if (found.problem) return found;
  const header = all.findIndex((line) => !line.startsWith("##"));
  for (const line of header < 0 ? all : all.slice(0, header)) readMeta(line, found);
  if (header >= 0) {
    found.problem = columnsProblem(all[header]);
    if (found.problem) return found;
    found.header = true;
    found.samples = all[header].split("\t").slice(COLUMNS.length + 1);
    readRecords(all, header + 1, found);
    if (found.problem) return found;
  }
  if (complete && !found.header) {
    found.problem = MISSING;
  } else if (complete && !found.records) {
    found.problem = "The file has a header but no variants: there is nothing to annotate.";
  }
  return found;
}

/** Count the records of `all` from line `first`; stop at the first wrong one. */
function readRecords(all, first, found) {
  const columns = all[first - 1].split("\t").length;
  let bytes = 0;
  for (let at = first; at < all.length; at += 1) {
    const line = all[at];
    if (!line) continue;
    const wrong = recordProblem(line, columns);
    if (wrong) {
      found.problem = `Line ${at + 1}: ${wrong}`;
      return;
    }
    found.records += 1;
    bytes += line.length + 1;
    const [contig, position, , ref] = line.split("\t", 4);
    if (found.first.length < COMPARED_RECORDS && /^[ACGT]+$/i.test(ref)) {
      found.first.push({ contig, position: Number(position), ref });
    }
    found.seen.set(contig, (found.seen.get(contig) ?? 0) + 1);
  }
  found.size = found.records ? bytes / found.records : 0;
}

/** Take what runtime/vcf/file_facts.py takes. */
function readMeta(line, found) {
  const text = line.slice(0, MOST_CHARACTERS).trimEnd();
  if (text.toLowerCase().startsWith(CONTIG)) {
    const inside = text.slice(CONTIG.length).replace(/>$/, "");
    const [name, length, assembly] = ["ID", "length", "assembly"].map((key) => field(inside, key));
    const stated = /^[0-9]{1,10}$/.test(length) ? Number(length) : 0;
    if (name) found.lengths.set(name, stated < UNKNOWN_LENGTH ? stated : 0);
    const isKnown = found.assemblies.length === MOST_ASSEMBLIES || found.assemblies.includes(assembly);
    if (assembly && !isKnown) found.assemblies.push(assembly);
  } else if (text.startsWith("##reference=")) {
    found.reference ||= text.slice("##reference=".length).trim();
  }
}

/** What a file, as readVcf found it, says of its assembly; `seen` are contigs of its records. */
export const factsOf = ({ lengths, assemblies, reference, seen }) =>
  ({ lengths, assemblies, reference, seen: [...seen.keys()] });

function versionProblem(version, first) {
  if (/^[34]\./.test(version)) return "";
  if (version) return `This service reads VCF versions 3.x and 4.x. This file is version ${version}.`;
  return `This isn't a VCF file: it begins with “${shortened(first)}”. A VCF file begins with “##fileformat=VCFv4.2” or similar.`;
}

/** Estimated number of records of a file whose decompressed size is `total` bytes. */
export function estimate(found, total, textLength) {
  if (found.complete) return { count: found.records, exact: true };
  if (!found.size) return null;
  const header = textLength - found.records * found.size;
  return { count: Math.max(found.records, Math.round((total - header) / found.size)), exact: false };
}
