// Says in sentences what was found of a file's assembly, as runtime/vcf/assembly_words.py does.
import { contigsOf, isMitochondrial } from "./assemblies.js";
import { namesOf } from "./evidence.js";
import { formatNumber } from "../formats.js";

const MOST_NAMES = 10;
const MOST_NAME = 40;
const MOST_WITH_ALIASES = 3; // contigs of a reference whose other names are told too

function shown(text) {
  const clean = [...text].map((each) => (/\p{C}|(?! )\p{Z}/u.test(each) ? "?" : each)).join("");
  return clean.length <= MOST_NAME ? clean : `${clean.slice(0, MOST_NAME)}...`;
}

/** The first names, and how many more there are. */
export function list(names, total = names.length) {
  const text = names.slice(0, MOST_NAMES).map(shown).join(", ");
  return total > MOST_NAMES ? `${text} and ${formatNumber(total - MOST_NAMES)} more` : text;
}

/** The assemblies of references, the last one after `word`. */
export function joined(references, word) {
  const names = references.map((each) => each.assembly);
  const last = names.pop();
  return names.length ? `${names.join(", ")} ${word} ${last}` : last;
}

const better = (fitting) => `Choose ${joined(fitting, "or")}, which this service offers.`;

function noContig(facts, reference) {
  const few = reference.contigs.length <= MOST_WITH_ALIASES;
  const known = reference.contigs.slice(0, MOST_NAMES + 1).map((each) =>
    (few && each.aliases.length ? `${each.name} (also ${each.aliases.join(", ")})` : each.name));
  const names = facts.seen.length ? facts.seen : namesOf(facts);
  return `No variant is on a contig of ${reference.assembly}. The file has ${list(names)}; ${reference.assembly} has ${list(known, reference.contigs.length)}.`;
}

/** Which contigs of the file are other sequences than the reference's; "" when none is. */
export function oddContigs(facts, detection, reference, known) {
  const names = detection.others.get(reference.name);
  if (!names.length) return "";
  const contigs = contigsOf(reference);
  const odd = names.filter((each) =>
    ![0, contigs.get(each).length].includes(facts.lengths.get(each) ?? 0));
  const [name] = [...odd, ...names];
  const others = names.filter((each) => each !== name);
  const more = others.length ? ` The same is true of ${list(others)}.` : "";
  if (!odd.length) return `In ${detection.assembly}, ${shown(name)} is another sequence than in ${reference.assembly}.${more}`;
  const found = facts.lengths.get(name);
  const same = known.find((each) => !each.nuclear && each.find(name)?.length === found);
  const isKnown = same ? `: it is ${same.title}` : "";
  return `The file's ${shown(name)} has ${formatNumber(found)} bases${isKnown}, not that of ${reference.assembly}, which has ${formatNumber(contigs.get(name).length)}.${more}`;
}

/** What in the header names another assembly than the one found; "" when nothing does. */
export function disagreement(detection) {
  const [best, ...rest] = detection.evidence;
  // A mitochondrial genome is a part of the others.
  const other = rest.find((each) => each.assembly !== best.assembly
    && each.assembly.nuclear === best.assembly.nuclear);
  if (!other) return "";
  return `The file's header contradicts itself: ${best.words}, as in ${best.assembly.title}, but ${other.words}, as in ${other.assembly.title}. The first counts.`;
}

/** Which assembly a file was made against, and what tells it. */
export const madeAgainst = ({ assembly, evidence }) =>
  `The file was made against ${assembly}: ${evidence[0].words}.`;

/** Why the reference `chosen` can't be used for a file, and what else can; "" when it fits. */
export function contradiction(facts, detection, offered, chosen, known) {
  if (detection.fits.includes(chosen)) return "";
  const reference = offered.find((each) => each.name === chosen);
  const fitting = offered.filter((each) => detection.fits.includes(each.name));
  const odd = oddContigs(facts, detection, reference, known);
  const [told] = detection.evidence;
  if (!told) {
    return [odd || noContig(facts, reference), fitting.length ? better(fitting) : ""]
      .filter(Boolean).join(" ");
  }
  const text = [madeAgainst(detection)];
  if (odd && !told.assembly.nuclear) text.splice(0, 1, odd);
  else if (detection.others.get(chosen).every(isMitochondrial)) text.push(odd);
  if (fitting.length) {
    text.push(`The reference chosen is ${reference.assembly}.`, better(fitting));
  } else if (offered.some((each) => told.assembly.named.test(each.assembly))) {
    text.push(noContig(facts, reference));
  } else {
    text.push(`This service doesn't offer ${told.assembly.name}: it offers ${joined(offered, "and")}.`);
  }
  return text.filter(Boolean).join(" ");
}
