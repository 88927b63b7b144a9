// Checks a file before it is uploaded: what it is, and why it might be rejected.
import { formatNumber } from "../formats.js";
import { humanSize } from "../sizes.js";
import { readStart } from "./bytes.js";
import { detect } from "./assembly.js";
import { contigNames, judge } from "./reference.js";
import { compareAll } from "./ref_alleles.js";
import { estimate, factsOf, readVcf } from "./vcf.js";
import { CUT_SHORT, isCutShort } from "./whole.js";


/** What is wrong with the name or the size of a VCF file, as a sentence; "" when nothing is. What no
 *  plan changes comes first. The server checks again. */
function fault(file, start, rules) {
  if (!rules.extensions.some((extension) => file.name.toLowerCase().endsWith(extension))) {
    return `“${file.name}” has another name than VCF files: rename it so that it ends in ${rules.extensions.join(", ")}.`;
  }
  if (file.size <= rules.limit) return "";
  return (file.size <= rules.most && tooLargeInside(start, rules)) || tooLarge(file, rules);
}

/** What to do with a file that is too large: compress it, split it, or change the plan. */
function tooLarge(file, rules) {
  const size = `The file is ${humanSize(file.size)} (${formatNumber(file.size)} bytes)`;
  if (file.size <= rules.most) {
    return `${size}; your plan allows ${humanSize(rules.limit)} per file, Premium ${humanSize(rules.most)}.`;
  }
  const smaller = /\.vcf$/i.test(file.name) ? "Compress it with bgzip, or split it" : "Split it";
  return `${size}; the limit is ${humanSize(rules.most)}. ${smaller}, for instance by region with bcftools view -r.`;
}

/** A warning about a file that is probably too large once it is decompressed, else "". */
function tooLargeInside(start, rules) {
  if (start.total <= rules.mostDecompressed) return "";
  return `Decompressed, the file is probably ${humanSize(start.total)}; the limit is ${humanSize(rules.mostDecompressed)}. Split it, for instance by region with bcftools view -r.`;
}

function samples(names) {
  if (!names.length) return "none, sites only";
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${formatNumber(names.length)}: ${shown}, …` : `${names.length}: ${shown}`;
}

function variants(found, start) {
  const guess = estimate(found, start.total, start.text.length);
  if (!guess) return "";
  return guess.exact ? formatNumber(guess.count) : `about ${formatNumber(Number(guess.count.toPrecision(2)))}`;
}

function contigs(found) {
  const names = contigNames(found);
  return names.length > 6 ? `${names.slice(0, 6).join(", ")} and ${names.length - 6} more` : names.join(", ");
}

/** How the first REF alleles agree with the references, where the header doesn't tell the assembly.
 *  Resolves to {agreements, missing}: `missing` says why they couldn't be compared. */
async function compareRefs(found, { references, known }) {
  const { evidence, fits } = detect(factsOf(found), references, known);
  const fitting = references.filter((each) => fits.includes(each.name));
  if (evidence.length || !fitting.length) return { agreements: [], missing: "" };
  try {
    return { agreements: await compareAll(found.first, fitting), missing: "" };
  } catch {
    return { agreements: [], missing: "The REF alleles couldn't be compared with the reference here; the annotator will do so." };
  }
}

/** Why no reference that is offered takes the file; "" when one may. */
function refusedByAll(decide, { references }) {
  const stopped = references.every(({ name }) => decide(name).level === "stop");
  return stopped ? decide("").text : "";
}

/**
 * Check `file`.
 *
 * `rules` is {extensions, limit, most, mostDecompressed, references, known}, sizes in bytes; `watch` is
 * {signal, onProgress}, for a large gzip file is read to its end. Resolves to {facts, stop, warning,
 * decide}: `facts` are pairs of a name and a value to show, `stop` says why it can't be uploaded,
 * `warning` what to check first. Of several reasons `stop` is the one that is hardest to remedy: no
 * larger plan is offered for a file that no plan takes. `decide(chosen)` says which reference it is
 * to be annotated with (`judge` in reference.js); it is missing where the file is no VCF.
 */
export async function look(file, rules, watch = {}) {
  const facts = [["Size", humanSize(file.size)]];
  const refuse = (stop) => ({ facts, stop, warning: "" });
  if (file.size === 0) return refuse("The file is empty.");
  const start = await readStart(file);
  if (start.other) return refuse(`This isn't a VCF file but ${start.other}.`);
  const found = readVcf(start);
  if (found.problem) return refuse(found.problem);
  if (await isCutShort(file, start, watch)) return refuse(CUT_SHORT);
  const { agreements, missing } = await compareRefs(found, rules);
  const decide = (chosen) =>
    judge(factsOf(found), rules, chosen, { complete: found.complete, agreements });
  facts.push(
    ["VCF version", found.version],
    ["Compression", start.compression],
    ["Samples", found.header ? samples(found.samples) : ""],
    ["Contigs", contigs(found)],
    ["Variants", variants(found, start)],
    ["Assembly", decide("").assembly],
  );
  const wrong = fault(file, start, rules);
  return {
    facts: facts.filter(([, value]) => value),
    stop: wrong && (refusedByAll(decide, rules) || wrong),
    warning: [wrong ? "" : tooLargeInside(start, rules), missing].filter(Boolean).join(" "),
    decide,
  };
}
