// Finds the assembly that a VCF was made against, and which of the references offered fit it.
// The rules are those of runtime/vcf/assembly.py; tests/unit/vcf/assembly-cases.json holds both.
import { assemblyOf, contigsOf, sequenceOf } from "./assemblies.js";
import { evidence } from "./evidence.js";

/** The accession as the known assemblies have it, so that both sides use the same kind. */
function accessionOffered(contig, own, assemblies) {
  for (const name of [contig.accession, contig.name, ...contig.aliases]) {
    const found = name ? own.find(name) : undefined;
    // A reference may hold a piece of a chromosome, but never of a mitochondrial genome.
    if (found && (found.length === contig.length || !found.mitochondrial)) return found.accession;
  }
  return sequenceOf(contig.name, contig.length, assemblies)?.accession ?? "";
}

/** The mitochondrial genome that a header names beside another, as in chm13v2.0_rCRS.fa. */
function namedMitochondria(facts, known) {
  const texts = [facts.reference, ...facts.assemblies];
  return known.filter((each) => !each.nuclear && texts.some((text) => each.named.test(text)));
}

function accessionInFile(name, length, assemblies, toldOf) {
  const named = assemblies.map((each) => each.find(name))
    .find((each) => each?.accession.toLowerCase() === name.toLowerCase());
  const found = length
    ? sequenceOf(name, length, assemblies)
    : toldOf.map((each) => each.find(name)).find(Boolean);
  return (named ?? found)?.accession ?? "";
}

/** How a file fits a reference: `good` are contigs that both have, `others` those that it has by
 *  name, but as another sequence. */
function fit(facts, told, reference, own, known) {
  const contigs = contigsOf(reference);
  const names = (facts.seen.length ? facts.seen : [...facts.lengths.keys()])
    .filter((name) => contigs.has(name));
  const anotherBuild = Boolean(told && told.nuclear && own.nuclear && told !== own);
  const toldOf = [...namedMitochondria(facts, known), ...(told ? [told] : [])];
  const assemblies = [...toldOf, ...known, own];
  const good = anotherBuild ? [] : names.filter((name) => {
    const [length, contig] = [facts.lengths.get(name) ?? 0, contigs.get(name)];
    const inFile = accessionInFile(name, length, assemblies, toldOf);
    const offered = accessionOffered(contig, own, assemblies);
    return inFile && offered ? inFile === offered : length === 0 || length === contig.length;
  });
  const others = names.filter((name) => !good.includes(name));
  return { reference, own, sameAssembly: told === own, good, others };
}

/** Whether two references have other sequences by the names that the first shares with the file. */
function differ(one, other, known) {
  const sequences = ({ reference, own }) => {
    const contigs = contigsOf(reference);
    return one.good.filter((name) => contigs.has(name)).map((name) =>
      `${accessionOffered(contigs.get(name), own, known)} ${contigs.get(name).length}`).join();
  };
  return sequences(one) !== sequences(other);
}

/**
 * Find the assembly of a file, and which of the references fit it.
 *
 * `facts` is {lengths, assemblies, reference, seen}; `offered` are {name, assembly, contigs}.
 * Returns {assembly, evidence, fits, verdict, others}: the file's assembly for people, what tells
 * it, the names of the references that fit, best first, whether it is clear which one to take
 * ("found", "open", "none"), and by reference the contigs that are other sequences there.
 */
export function detect(facts, offered, known) {
  const owns = offered.map((each) => assemblyOf(each, known));
  const found = evidence(facts, [...known, ...owns.filter((each) => !known.includes(each))]);
  const told = found[0]?.assembly;
  const fits = offered.map((each, index) => fit(facts, told, each, owns[index], known));
  const good = fits.filter((each) => each.good.length && each.good.length >= each.others.length)
    .sort((a, b) => b.sameAssembly - a.sameAssembly || b.good.length - a.good.length);
  const [best, ...rest] = good;
  const open = rest.some((each) => each.sameAssembly === best.sameAssembly
    && each.good.length === best.good.length && differ(best, each, known));
  return {
    assembly: told?.title ?? "",
    evidence: found,
    fits: good.map((each) => each.reference.name),
    verdict: best ? (open ? "open" : "found") : "none",
    others: new Map(fits.map((each) => [each.reference.name, each.others])),
  };
}
