// The assemblies that files are made against. The facts are runtime/vcf/data/assemblies.json, which
// the page brings along; runtime/vcf/assemblies.py reads the same.

const MITOCHONDRION = ["mt", "m", "chrm", "chrmt"];

export const isMitochondrial = (contig) => MITOCHONDRION.includes(contig.toLowerCase());

const naming = (words) => new RegExp(`(?:^|[^a-z0-9])(?:${words})(?![0-9])`, "i");

/** An assembly: `sequences` maps names in lower case to {length, accession, mitochondrial}. */
class Assembly {
  constructor(name, title, named, contigNames, sequences) {
    Object.assign(this, { name, title, named, contigNames, sequences });
    this.nuclear = [...sequences.values()].some((each) => !each.mitochondrial);
  }

  find(contig) {
    return this.sequences.get(contig.toLowerCase());
  }
}

/** The assemblies of `facts`, the content of assemblies.json. */
export function knownAssemblies(facts) {
  return facts.assemblies.map((each) => {
    const sequences = new Map();
    for (const [key, [length, accession]] of Object.entries(each.sequences)) {
      const sequence = { length, accession, mitochondrial: key === "MT" };
      const names = sequence.mitochondrial ? MITOCHONDRION : [key, `chr${key}`];
      for (const name of [...names, accession]) sequences.set(name.toLowerCase(), sequence);
    }
    const contigNames = each.contig_names ? new RegExp(each.contig_names, "i") : null;
    return new Assembly(each.name, each.title, naming(each.named), contigNames, sequences);
  });
}

/** The assembly that a text names; undefined when it names none, or several genomes.
 *  A mitochondrial genome counts only beside no other: hg19 with the rCRS for its chrM is hg19. */
export function theOneNamed(text, assemblies) {
  const found = assemblies.filter((each) => each.named.test(text));
  const nuclear = found.filter((each) => each.nuclear);
  const counting = nuclear.length ? nuclear : found;
  return counting.length === 1 ? counting[0] : undefined;
}

/** The first sequence of any assembly that has this name and length. */
export function sequenceOf(contig, length, assemblies) {
  return assemblies.map((each) => each.find(contig)).find((each) => each?.length === length);
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The contigs of a reference by each of their names. */
export function contigsOf(reference) {
  return new Map(reference.contigs.flatMap((contig) =>
    [contig.name, ...contig.aliases].map((name) => [name, contig])));
}

/** The assembly of a reference: a known one, or one made of its own contigs. */
export function assemblyOf(reference, known) {
  const named = theOneNamed(reference.assembly, known);
  if (named) return named;
  const sequences = new Map();
  for (const [name, contig] of contigsOf(reference)) {
    sequences.set(name.toLowerCase(), {
      length: contig.length,
      accession: contig.accession ?? `${contig.name} of ${reference.name}`,
      mitochondrial: [contig.name, ...contig.aliases].some(isMitochondrial),
    });
  }
  const words = [reference.assembly, reference.name].map(escaped).join("|");
  return new Assembly(reference.assembly, reference.assembly, naming(words), null, sequences);
}
