// Which of the references offered a file is to be annotated with, and what to say about it.
import { formatNumber } from "../formats.js";
import { contigsOf } from "./assemblies.js";
import { detect } from "./assembly.js";
import { contradiction, disagreement, joined, list, madeAgainst, oddContigs } from "./assembly_words.js";
import { namesOf } from "./evidence.js";
import { agreementWords, agrees, disagrees, ENOUGH_RECORDS, theOneAgreeing } from "./ref_alleles.js";

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

/** What the REF alleles say against a reference that was taken or chosen; "" when nothing. */
function doubt(agreements, reference) {
  const own = agreements.find((each) => each.reference === reference.name);
  if (!own || agrees(own)) return "";
  if (own.compared < ENOUGH_RECORDS) return disagrees(own) ? doubtOfFew(own) : "";
  const better = theOneAgreeing(agreements);
  const advice = better ? ` Choose ${better.assembly}, which this service offers.` : "";
  return `The file was probably made against another assembly than ${reference.assembly}: ${agreementWords(agreements)}.${advice}`;
}

/** What the annotator will say of a file of a few records. */
function doubtOfFew({ assembly, agreeing, compared }) {
  return `REF disagrees with ${assembly} in ${formatNumber(compared - agreeing)} of ${formatNumber(compared)} records. The file was made against another assembly, or its positions or alleles are wrong: it will probably be refused.`;
}

/** The assembly of the file, in words. */
function assemblyWords(detection, agreements) {
  const [told] = detection.evidence;
  if (told) return `${detection.assembly}: ${told.words}`;
  return ["not stated in the file", agreementWords(agreements)].filter(Boolean).join("; ");
}

/** Which reference is taken when the person has chosen none; "" where it stays open. */
function taken(detection, references, agreements) {
  if (detection.verdict === "none") {
    const [told] = detection.evidence;
    const same = references.find((each) => told?.assembly.named.test(each.assembly));
    return (same ?? references[0]).name;
  }
  if (detection.verdict === "found") return detection.fits[0];
  return theOneAgreeing(agreements)?.reference ?? "";
}

/**
 * Which reference the file is to be annotated with.
 *
 * `facts` comes from factsOf, `rules` has {references, known}, `chosen` is the name that the person
 * chose, or "". `complete` says whether `facts` are of the whole file. `agreements` come from
 * compareAll; they are empty where the header tells the assembly. Returns {reference, assembly,
 * level, text}: `reference` is a name, or "" where the person has to choose; `assembly` says which
 * one the file was made against, and why; `level` is "stop" where the annotator is certain to reject
 * the file, "warn" where it leaves something unannotated or something is odd, "open" where the person
 * has to choose, "good" otherwise. runtime/vcf/reference_choice.py does the same.
 */
export function judge(facts, { references, known }, chosen, { complete, agreements }) {
  const detection = detect(facts, references, known);
  const assembly = assemblyWords(detection, agreements);
  const choice = (name, level, text) => ({ reference: name, assembly, level, text });
  const name = chosen || taken(detection, references, agreements);
  if (!name) {
    const fitting = references.filter((each) => detection.fits.includes(each.name));
    return choice("", "open", `The file doesn't say which assembly it was made against, and ${joined(fitting, "and")} have its contigs. Choose the right one: results against another are wrong.`);
  }
  const reference = references.find((each) => each.name === name);
  if (!detection.fits.includes(name) && facts.seen.length + facts.lengths.size) {
    const text = contradiction(facts, detection, references, name, known);
    const certain = complete || !mayFit(facts, references, reference, known);
    if (certain) return choice(name, "stop", text);
    const [told] = detection.evidence;
    return choice(name, "warn", [told && madeAgainst(detection), beginning(facts, reference)].filter(Boolean).join(" "));
  }
  const other = oddContigs(facts, detection, reference, known);
  const warnings = [
    detection.evidence.length ? "" : doubt(agreements, reference),
    disagreement(detection),
    other && `${other} Its variants will be left unannotated.`,
    leftOut(facts, reference),
  ];
  const text = warnings.filter(Boolean).join(" ");
  return choice(name, text ? "warn" : "good", text);
}
