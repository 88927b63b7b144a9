// What in a file tells its assembly: the rules of runtime/vcf/assembly_evidence.py.
import { formatNumber } from "../formats.js";
import { isMitochondrial, theOneNamed } from "./assemblies.js";

const MOST_SHOWN = 60;

const printable = (text) => [...text].map((each) => (/\p{C}|(?! )\p{Z}/u.test(each) ? "?" : each)).join("");

/** Text of the file, fit for a message: what matters in a path is its end. */
function shown(text) {
  const clean = printable(text);
  return clean.length <= MOST_SHOWN ? clean : `...${clean.slice(-MOST_SHOWN)}`;
}

/** All names of contigs in a file, those of records first. */
export const namesOf = (facts) => [...new Set([...facts.seen, ...facts.lengths.keys()])];

/** The assembly that agrees in the most names, and the first of them; null if several do. */
function most(names, assemblies, agrees) {
  const agreeing = assemblies.map((assembly) => ({
    assembly,
    good: names.filter((name) => {
      const found = assembly.find(name);
      return found && found.mitochondrial !== assembly.nuclear && agrees(name, found);
    }),
  }));
  const count = Math.max(0, ...agreeing.map((each) => each.good.length));
  const best = agreeing.filter((each) => each.good.length && each.good.length === count);
  return best.length === 1 ? { assembly: best[0].assembly, name: best[0].good[0] } : null;
}

function byLengths(facts, assemblies) {
  const best = most([...facts.lengths.keys()], assemblies,
    (name, found) => found.length === facts.lengths.get(name));
  if (!best) return null;
  const bases = formatNumber(facts.lengths.get(best.name));
  return { assembly: best.assembly, words: `its contig ${shown(best.name)} has ${bases} bases` };
}

function byAccessions(facts, assemblies) {
  const best = most(namesOf(facts), assemblies,
    (name, found) => found.accession.toLowerCase() === name.toLowerCase());
  return best && { assembly: best.assembly, words: `it has the contig ${shown(best.name)}` };
}

function byAssemblyFields(facts, assemblies) {
  const found = facts.assemblies
    .map((text) => ({ text, assembly: theOneNamed(text, assemblies) }))
    .filter((each) => each.assembly);
  const [first] = found;
  if (!first || found.some((each) => each.assembly !== first.assembly)) return null;
  return { assembly: first.assembly, words: `its header says assembly=${shown(first.text)}` };
}

function byReference(facts, assemblies) {
  const assembly = theOneNamed(facts.reference, assemblies);
  return assembly && { assembly, words: `its header says ##reference=${shown(facts.reference)}` };
}

function byContigNames(facts, assemblies) {
  for (const assembly of assemblies.filter((each) => each.contigNames)) {
    const name = namesOf(facts).find((each) => assembly.contigNames.test(each));
    if (name) return { assembly, words: `it has the contig ${shown(name)}` };
  }
  return null;
}

/** All that tells an assembly, as {assembly, words}, what counts most first.
 *  A mitochondrial genome has the same length in several assemblies: in a file without other
 *  contigs, its length counts least. */
export function evidence(facts, assemblies) {
  const alone = namesOf(facts).every((name) =>
    isMitochondrial(name) || assemblies.some((each) => each.find(name)?.mitochondrial));
  const candidates = assemblies.filter((each) => alone || each.nuclear);
  const byContigs = assemblies.filter((each) => each.nuclear !== alone);
  const [lengths, accessions] = [byLengths(facts, byContigs), byAccessions(facts, byContigs)];
  const texts = [byAssemblyFields(facts, candidates), byReference(facts, candidates)];
  const names = byContigNames(facts, byContigs);
  return (alone ? [accessions, ...texts, lengths] : [lengths, accessions, ...texts, names])
    .filter(Boolean);
}
