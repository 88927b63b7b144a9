// What pasted names are looked up in: a reference's contigs, bases and lists of ids.
import { inflateBlocks } from "./bytes.js";
import { contigsOf, isMitochondrial } from "./assemblies.js";
import { readBases, readIndex } from "./ref_alleles.js";

const SHORT = 100_000; // bases of a contig that is read as a whole

export class ReferenceData {
  /** `reference` is one of those that the service offers: {name, assembly, fasta, contigs, ids}. */
  constructor(reference) {
    this.reference = reference;
    this.contigs = new Map();
    for (const [name, contig] of contigsOf(reference)) this.contigs.set(name.toLowerCase(), contig);
    for (const contig of reference.contigs) {
      if (contig.accession) this.contigs.set(contig.accession.toLowerCase(), contig);
    }
    this.whole = new Map();
  }

  /** A contig by any of its names; undefined when there is none. */
  contig(name) {
    return this.contigs.get(name.toLowerCase());
  }

  /** The mitochondrial genome, which m. names may leave out. */
  get mitochondrion() {
    return this.reference.contigs.find((each) => [each.name, ...each.aliases].some(isMitochondrial));
  }

  address(file) {
    return `/reference/${this.reference.name}/${file}`;
  }

  /** `count` bases of a contig from `position`, from 1. */
  async bases(contig, position, count) {
    this.index ??= readIndex(this.address(this.reference.fasta));
    const sequence = (await this.index).get(contig.name);
    const read = (from, many) => readBases(this.address(this.reference.fasta), sequence, from, many);
    if (contig.length > SHORT) return read(position, count);
    if (!this.whole.has(contig.name)) this.whole.set(contig.name, read(1, contig.length));
    return (await this.whole.get(contig.name)).slice(position - 1, position - 1 + count);
  }

  /** The records of an rs id: {contig, position, ref, alt} each. */
  async recordsOf(id) {
    this.known ??= this.readIds();
    return (await this.known).get(id.toLowerCase()) ?? [];
  }

  async readIds() {
    const found = new Map();
    for (const { file } of this.reference.ids) {
      const answer = await fetch(this.address(file));
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
      const { bytes } = await inflateBlocks(new Uint8Array(await answer.arrayBuffer()));
      for (const line of new TextDecoder().decode(bytes).split("\n")) {
        const [contig, position, ids, ref, alts] = line.split("\t", 5);
        if (!alts || line.startsWith("#")) continue;
        for (const id of ids.toLowerCase().split(";")) {
          const records = alts.split(",").map((alt) => ({ contig, position: Number(position), ref, alt }));
          found.set(id, [...found.get(id) ?? [], ...records]);
        }
      }
    }
    return found;
  }
}
