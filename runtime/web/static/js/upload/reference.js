// Which of the references offered a file is to be annotated with, and what to say about it.
import { contigsOf } from "./assemblies.js";
import { detect } from "./assembly.js";
import { contradiction, disagreement, list, oddContigs } from "./assembly_words.js";
import { namesOf } from "./evidence.js";
import { factsOf } from "./vcf.js";

/** Contig names in the file's order: from its records, or else from its header. */
export function contigNames(found) {
  return found.seen.size ? [...found.seen.keys()] : [...found.lengths.keys()];
}

/** Whether the rest of a file, of which only the beginning was read, may still fit the reference:
 *  its records may be on any contig. */
function mayFit(facts, references, reference, known) {
  const names = reference.contigs.map((each) => each.name);
  const seen = [...new Set([...namesOf(facts), ...names])];
  return detect({ ...facts, seen }, references, known).fits.includes(reference.name);
}

function beginning(facts, reference) {
  const elsewhere = [...facts.lengths.keys()].some((name) => contigsOf(reference).has(name));
  const names = list(facts.seen);
  return elsewhere
    ? `The first variants are on ${names}, which ${reference.assembly} doesn't have, and will be left unannotated.`
    : `Probably no variant can be annotated: the file begins with ${names}, and ${reference.assembly} has ${list(reference.contigs.map((each) => each.name))}.`;
}

/** The contigs that will be left unannotated, in words; "" when there are none. */
function leftOut(facts, reference) {
  const contigs = contigsOf(reference);
  const here = facts.seen.filter((name) => contigs.has(name));
  const others = facts.seen.filter((name) => !contigs.has(name));
  if (!others.length) return "";
  return `Variants on ${list(here)} will be annotated; those on ${list(others)} will be left unannotated.`;
}

/**
 * Which reference the file is to be annotated with.
 *
 * `found` comes from readVcf, `rules` has {references, known}, `chosen` is the name that the person
 * chose, or "". Returns {reference, assembly, level, text}: `reference` is a name, or "" where the
 * person has to choose; `assembly` says which one the file was made against, and why; `level` is
 * "stop" where the annotator is certain to reject the file, "warn" where it leaves something
 * unannotated or something is odd, "open" where the person has to choose, "good" otherwise.
 */
export function judge(found, { references, known }, chosen) {
  const facts = factsOf(found);
  const detection = detect(facts, references, known);
  const [told] = detection.evidence;
  const assembly = told ? `${detection.assembly}: ${told.words}` : "not stated in the file";
  const choice = (name, level, text) => ({ reference: name, assembly, level, text });
  if (!chosen && detection.verdict === "open") {
    const names = references.filter((each) => detection.fits.includes(each.name));
    return choice("", "open", `The file doesn't say which assembly it was made against. Choose one; ${names.map((each) => each.assembly).join(", ")} have its contigs.`);
  }
  const name = chosen || (detection.fits[0] ?? references[0].name);
  const reference = references.find((each) => each.name === name);
  const odd = disagreement(detection);
  if (!detection.fits.includes(name) && facts.seen.length + facts.lengths.size) {
    const text = contradiction(facts, detection, references, name, known);
    const certain = found.complete || !mayFit(facts, references, reference, known);
    return certain ? choice(name, "stop", text) : choice(name, "warn", beginning(facts, reference));
  }
  const other = oddContigs(facts, detection, reference, known);
  const warnings = [odd, other && `${other} Its variants will be left unannotated.`, leftOut(facts, reference)];
  const text = warnings.filter(Boolean).join(" ");
  return choice(name, text ? "warn" : "good", text);
}
