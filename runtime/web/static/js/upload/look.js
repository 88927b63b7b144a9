// Checks a file before it is uploaded: what it is, and why it might be rejected.
import { humanSize } from "../sizes.js";
import { readStart } from "./bytes.js";
import { contigNames, judge } from "./reference.js";
import { estimate, readVcf } from "./vcf.js";

const count = (number) => number.toLocaleString("en-GB");

/** What is wrong with name or size, as a sentence; "" when nothing is. The server checks again. */
function fault(file, rules) {
  if (!rules.extensions.some((extension) => file.name.toLowerCase().endsWith(extension))) {
    return `“${file.name}” isn't a VCF file: the name must end in ${rules.extensions.join(", ")}.`;
  }
  if (file.size === 0) return "The file is empty.";
  return file.size > rules.limit ? tooLarge(file, rules) : "";
}

/** What to do with a file that is too large: compress it, split it, or change the plan. */
function tooLarge(file, rules) {
  const size = `The file is ${humanSize(file.size)} (${count(file.size)} bytes)`;
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
  return names.length > 3 ? `${count(names.length)}: ${shown}, …` : `${names.length}: ${shown}`;
}

function variants(found, start) {
  const guess = estimate(found, start.total, start.text.length);
  if (!guess) return "";
  return guess.exact ? count(guess.count) : `about ${count(Number(guess.count.toPrecision(2)))}`;
}

function contigs(found) {
  const names = contigNames(found);
  return names.length > 6 ? `${names.slice(0, 6).join(", ")} and ${names.length - 6} more` : names.join(", ");
}

/**
 * Check `file`.
 *
 * `rules` is {extensions, limit, most, mostDecompressed, references, known}, sizes in bytes. Resolves
 * to {facts, stop, warning, decide}: `facts` are pairs of a name and a value to show, `stop` says why
 * it can't be uploaded, `warning` what to check first. `decide(chosen)` says which reference it is to
 * be annotated with (`judge` in reference.js); it is missing where the file is no VCF.
 */
export async function look(file, rules) {
  const facts = [["Size", humanSize(file.size)]];
  const wrong = fault(file, rules);
  if (file.size === 0) return { facts, stop: wrong, warning: "" };
  const start = await readStart(file);
  if (start.other) return { facts, stop: wrong || `This isn't a VCF file but ${start.other}.`, warning: "" };
  const found = readVcf(start);
  if (found.problem) return { facts, stop: wrong || found.problem, warning: "" };
  facts.push(
    ["VCF version", found.version],
    ["Compression", start.compression],
    ["Samples", found.header ? samples(found.samples) : ""],
    ["Contigs", contigs(found)],
    ["Variants", variants(found, start)],
    ["Assembly", judge(found, rules, "").assembly],
  );
  return {
    facts: facts.filter(([, value]) => value),
    stop: wrong,
    warning: tooLargeInside(start, rules),
    decide: (chosen) => judge(found, rules, chosen),
  };
}
