// Reads a PED file: family, sample, father, mother, sex, phenotype, separated by white space.
// https://www.cog-genomics.org/plink/1.9/formats#fam

const AFFECTED = "2";
const NONE = new Set(["0", "-9", ""]);

/**
 * Find the first affected sample of the file whose parents are known, else the first affected one.
 *
 * Args:
 *   text: the file.
 *   samples: names of the samples that can be chosen.
 *
 * Returns: { affected, mother, father, affectedParents }, where a parent who isn't among the samples
 *   is "", or { reason } with a sentence.
 */
export function trioOf(text, samples) {
  const known = new Set(samples);
  const people = new Map();
  for (const line of text.split(/\r?\n/)) {
    if (!line.trim() || line.startsWith("#")) continue;
    const [, sample, father, mother, , phenotype] = line.trim().split(/\s+/);
    if (phenotype === undefined) return { reason: `This line has fewer than six columns: ${line.slice(0, 60)}` };
    people.set(sample, { sample, father, mother, affected: phenotype === AFFECTED });
  }
  const affected = [...people.values()].filter((each) => each.affected && known.has(each.sample));
  if (!affected.length) return { reason: "None of this file’s samples is affected in it (2 in the sixth column)." };
  const parent = (name) => (!NONE.has(name) && known.has(name) ? name : "");
  const parents = (each) => [each.mother, each.father].filter((name) => parent(name)).length;
  const child = affected.reduce((best, each) => (parents(each) > parents(best) ? each : best));
  return {
    affected: child.sample,
    mother: parent(child.mother),
    father: parent(child.father),
    affectedParents: ["mother", "father"].filter((role) => people.get(child[role])?.affected ?? false),
  };
}
