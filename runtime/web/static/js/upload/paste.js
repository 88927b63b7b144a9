// Turns pasted lines into a VCF file. A line is a record of a VCF file, an HGVS name or an rs id.
import { NotResolved, parseName, toRecord } from "./names.js";
import { ReferenceData } from "./reference_data.js";

const COLUMNS = ["CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"];
const RS = /^rs\d{1,12}$/i;
const MOST_NAMES = 500;
const MOST_PROBLEMS = 5;
const BY_TRANSCRIPT = "its position depends on a transcript, and isn't looked up here. Give the genomic name, such as NC_012920.1:m.3243A>G";

/** Columns of a pasted record; they may be separated by spaces, and the last ones may be missing. */
function columns(line) {
  const found = line.includes("\t") ? line.split("\t") : line.trim().split(/\s+/);
  if (found.length === 4) found.splice(2, 0, ".");
  if (found.length < 5) throw new NotResolved("this is no line of a VCF file (CHROM, POS, ID, REF, ALT), no HGVS name and no rs id");
  if (!/^\d{1,10}$/.test(found[1])) throw new NotResolved(`POS is “${found[1].slice(0, 40)}”, which is not a number`);
  while (found.length < COLUMNS.length) found.push(".");
  return found;
}

/** The contig of a name. Without its accession, `chr1:g.` could mean several assemblies. */
function contigOf({ place, kind }, data) {
  if (kind !== "g" && kind !== "m") throw new NotResolved(BY_TRANSCRIPT);
  if (!place && kind === "g") throw new NotResolved("it doesn't say on which contig. Write NC_…:g.… or chr…:g.…");
  const found = place ? data.contig(place) : data.mitochondrion;
  if (!found) throw new NotResolved(`${data.reference.assembly} has no ${place || "mitochondrial genome"}`);
  return found;
}

const row = ({ contig, position, ref, alt }, id) => [contig, String(position), id, ref, alt, ".", ".", "."];

async function fromId(id, data) {
  if (!data.reference.ids.length) throw new NotResolved(`rs ids can't be looked up in ${data.reference.assembly} here. Give the genomic name`);
  const found = await data.recordsOf(id);
  if (found.length) return found.map((each) => row(each, id));
  const lists = data.reference.ids.map((each) => each.words).join("; ");
  throw new NotResolved(`it isn't in the list that this service has (${lists})`);
}

/** The records of a line: several for an id that several alleles have. */
async function resolve(text, data) {
  if (RS.test(text)) return fromId(text, data);
  const name = parseName(text);
  if (!name) return [columns(text)];
  const contig = contigOf(name, data);
  const record = await toRecord(name.change, contig, (at, many) => data.bases(contig, at, many));
  return [row({ contig: contig.name, ...record }, text)];
}

/** All lines by one reference: {rows, problems}; a problem names its line as it was pasted. */
async function resolveAll(lines, data) {
  const rows = [];
  const problems = [];
  for (const { number, text } of lines) {
    try {
      rows.push(...await resolve(text, data));
    } catch (error) {
      if (!(error instanceof NotResolved)) throw error;
      problems.push(`Line ${number} (“${text.slice(0, 60)}”): ${error.message}.`);
    }
  }
  return { rows, problems, data };
}

const isName = ({ text }) => RS.test(text) || parseName(text.trim()) !== null;

/** Whether a name on a contig such as chr1 says nothing of the assembly. */
const isOpen = ({ text }) => /^(chr)?\w{1,5}:g\./i.test(text);

/** The reference by which all lines can be told, and their rows; else the reasons why none is. */
async function choose(lines, references) {
  const tried = [];
  for (const reference of references) tried.push(await resolveAll(lines, new ReferenceData(reference)));
  const good = tried.filter(({ problems }) => !problems.length);
  const [best] = good.length ? good : tried.sort((a, b) => a.problems.length - b.problems.length);
  if (good.length > 1 && lines.some(isOpen)) {
    const names = good.map(({ data }) => data.reference.assembly).join(" and ");
    return { problems: [`These names fit ${names}. Write accessions, such as NC_000001.11:g.…, so that it is clear which one is meant.`] };
  }
  return best;
}

/** Sorted as the reference has its contigs, with their lengths in the header. */
function inOrder(rows, data) {
  const { contigs } = data.reference;
  const at = ([contig]) => contigs.indexOf(data.contig(contig));
  const sorted = rows.toSorted((a, b) => at(a) - at(b) || a[1] - b[1]);
  const used = new Set(rows.map(([contig]) => contig));
  const header = [...used].filter((name) => data.contig(name))
    .map((name) => `##contig=<ID=${name},length=${data.contig(name).length}>`);
  return { sorted, header };
}

function asVcf(meta, named, rows) {
  const head = meta[0]?.startsWith("##fileformat=") ? meta : ["##fileformat=VCFv4.2", ...meta];
  const width = Math.max(COLUMNS.length, ...rows.map((each) => each.length));
  const samples = Array.from({ length: Math.max(0, width - 9) }, (_, index) => `sample${index + 1}`);
  const header = named?.trim().split(/\s+/)
    ?? ["#CHROM", ...COLUMNS.slice(1), ...(width > 8 ? ["FORMAT", ...samples] : [])];
  return `${[...head, header.join("\t"), ...rows.map((each) => each.join("\t"))].join("\n")}\n`;
}

/**
 * Resolve to {text, problems}: the text of a VCF file, or why lines can't be taken.
 *
 * `references` are those that the service offers. Names and ids are looked up in the first one in
 * which all of them are found.
 */
export async function toVcf(pasted, references) {
  const lines = pasted.split(/\r?\n/).map((text, index) => ({ number: index + 1, text }))
    .filter(({ text }) => text.trim());
  const meta = lines.filter(({ text }) => text.startsWith("##")).map(({ text }) => text);
  const named = lines.find(({ text }) => text.startsWith("#CHROM"))?.text;
  const records = lines.filter(({ text }) => !text.startsWith("#"));
  const names = records.filter(isName);
  if (names.length > MOST_NAMES) {
    return { problems: [`Up to ${MOST_NAMES} names and ids can be looked up at a time; these are ${names.length}.`] };
  }
  for (const each of names) each.text = each.text.trim();
  const found = await choose(records, names.length ? references : references.slice(0, 1));
  if (found.problems.length) return { problems: found.problems.slice(0, MOST_PROBLEMS) };
  if (!names.length) return { text: asVcf(meta, named, found.rows), problems: [] };
  const { sorted, header } = inOrder(found.rows, found.data);
  return { text: asVcf([...meta, ...header], named, sorted), problems: [] };
}
