// Compares the REF alleles of a file's first records with references: what its header leaves open,
// they often tell. The rules are those of runtime/vcf/ref_alleles.py.
import { formatNumber } from "../formats.js";
import { contigsOf } from "./assemblies.js";

const MAX_CONTRADICTIONS = 0.1;
const MAX_OF_FEW = 0.5;
/** Of fewer records, all may agree by chance: a base does in one case of four. */
export const ENOUGH_RECORDS = 5;

/** Sequences of a reference by name, from its FASTA's index: https://www.htslib.org/doc/faidx.html */
export async function readIndex(address) {
  const answer = await fetch(`${address}.fai`);
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  const lines = (await answer.text()).trim().split("\n").map((line) => line.split("\t"));
  return new Map(lines.map(([name, ...numbers]) => {
    const [length, offset, lineBases, lineWidth] = numbers.map(Number);
    return [name, { length, offset, lineBases, lineWidth }];
  }));
}

const place = ({ offset, lineBases, lineWidth }, base) =>
  offset + Math.floor(base / lineBases) * lineWidth + (base % lineBases);

/** `count` bases of a sequence from `position` (from 1), upper case; fewer past its end. */
export async function readBases(address, sequence, position, count) {
  const first = position - 1;
  const last = Math.min(first + count, sequence.length);
  if (first < 0 || first >= last) return "";
  const range = `bytes=${place(sequence, first)}-${place(sequence, last - 1)}`;
  // The same address has another file once a reference has a new version: a cache could mix ranges.
  const answer = await fetch(address, { headers: { Range: range }, cache: "no-store" });
  if (answer.status !== 206) {
    await answer.body?.cancel(); // not the whole sequence
    throw new Error(`The server answered ${answer.status}.`);
  }
  return (await answer.text()).replace(/\s/g, "").toUpperCase();
}

/**
 * Compare `records` ({contig, position, ref}) with a reference.
 *
 * Resolves to {reference, assembly, agreeing, compared}: how many agree, of those on its contigs.
 */
async function compareRefs(records, reference) {
  const contigs = contigsOf(reference);
  const here = records.filter((each) => contigs.has(each.contig));
  const address = `/reference/${reference.name}/${reference.fasta}`;
  const index = here.length ? await readIndex(address) : new Map();
  const found = await Promise.all(here.map(async ({ contig, position, ref }) => {
    const sequence = index.get(contigs.get(contig).name);
    return await readBases(address, sequence, position, ref.length) === ref.toUpperCase();
  }));
  const { name, assembly } = reference;
  return { reference: name, assembly, agreeing: found.filter(Boolean).length, compared: here.length };
}

/** Compare `records` with each reference, one after another. */
export async function compareAll(records, references) {
  const agreements = [];
  for (const reference of references) agreements.push(await compareRefs(records, reference));
  return agreements;
}

/** Whether the records agree with a reference, apart from a few. */
export const agrees = ({ agreeing, compared }) =>
  compared > 0 && agreeing >= (1 - MAX_CONTRADICTIONS) * compared;

/** Whether even so few records contradict a reference that the annotator refuses them. */
export const disagrees = ({ agreeing, compared }) => compared - agreeing > MAX_OF_FEW * compared;

/** The only reference that enough records agree with; undefined if it isn't the only one. */
export function theOneAgreeing(agreements) {
  const found = agreements.filter(agrees);
  return found.length === 1 && found[0].compared >= ENOUGH_RECORDS ? found[0] : undefined;
}


/** How many of the first REF alleles agree with each reference, in words; "" where none was compared. */
export function agreementWords(agreements) {
  const parts = agreements.filter((each) => each.compared)
    .map((each) => `${formatNumber(each.agreeing)} of ${formatNumber(each.compared)} with ${each.assembly}`);
  return parts.length ? `REF alleles that agree: ${parts.join(", ")}` : "";
}
