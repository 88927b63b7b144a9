// Which reference a file was made against, and whether the service offers it.

const BY_NAME = [
  [/GRCh38|hg38/i, "GRCh38 (hg38)"],
  [/GRCh37|hg19|b37|hs37d5|g1k_v37/i, "GRCh37 (hg19)"],
  [/CHM13|T2T/i, "T2T-CHM13"],
  [/GRCm39|mm39/i, "GRCm39 (mouse)"],
  [/GRCm38|mm10/i, "GRCm38 (mouse)"],
  [/rCRS|NC_012920/i, "rCRS (human mitochondrial genome)"],
];

// Lengths of chromosome 1 in the assemblies' own reports at NCBI.
const BY_CHR1 = new Map([
  [248956422, "GRCh38 (hg38)"],
  [249250621, "GRCh37 (hg19)"],
  [248387328, "T2T-CHM13"],
  [195471971, "GRCm38 (mouse)"],
  [195154279, "GRCm39 (mouse)"],
]);

const HG19_MT = 16571; // NC_001807, which hg19 calls chrM; the rCRS has 16,569 bases

/** The assembly that a file was probably made against; "" when unknown. */
export function likelyReference(found) {
  if (["chrM", "MT", "M"].some((name) => found.contigs.get(name) === HG19_MT)) {
    return "hg19, whose chrM is NC_001807";
  }
  for (const name of ["1", "chr1", "NC_000001.11", "NC_000001.10"]) {
    const known = BY_CHR1.get(found.contigs.get(name));
    if (known) return known;
  }
  return BY_NAME.find(([pattern]) => pattern.test(found.reference))?.[1] ?? "";
}

const list = (names, most = 6) => {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
};

/** Contig names in the file's order: from its records, or else from its header. */
export function contigNames(found) {
  return found.seen.size ? [...found.seen.keys()] : [...found.contigs.keys()];
}

/**
 * Whether the service can annotate the file.
 *
 * `service` is {assembly, contigs: [{name, aliases, length}]}. Returns {level, text}: "stop" where
 * the annotator is certain to reject the file, "warn" where it probably will or where it leaves
 * contigs unannotated, "good" otherwise.
 */
export function compare(found, service) {
  const known = new Map(service.contigs.flatMap((contig) =>
    [contig.name, ...contig.aliases].map((name) => [name, contig])));
  const has = `This service has ${service.assembly}: ${list(service.contigs.map((each) => each.name))}.`;
  const names = contigNames(found);
  const here = names.filter((name) => known.has(name));
  const odd = here.find((name) => {
    const length = found.contigs.get(name);
    return length && length !== known.get(name).length;
  });
  if (odd) {
    return { level: "warn", text: `The header says that ${odd} has ${found.contigs.get(odd).toLocaleString()} bases; in ${service.assembly} it has ${known.get(odd).length.toLocaleString()}. The file was probably made against another assembly; if so, it will be rejected.` };
  }
  if (names.length && !here.length) {
    if (found.complete) return { level: "stop", text: `No variant is on a contig that this service knows. The file has ${list(names)}. ${has}` };
    const elsewhere = [...found.contigs.keys()].some((name) => known.has(name));
    if (elsewhere) return { level: "warn", text: `The first variants are on ${list(names)} and will be left unannotated. ${has}` };
    return { level: "warn", text: `Probably no variant can be annotated: the file begins with ${list(names)}. ${has}` };
  }
  const others = names.filter((name) => !known.has(name));
  if (others.length) {
    return { level: "warn", text: `Variants on ${list(here)} will be annotated; those on ${list(others)} will be left unannotated. ${has}` };
  }
  return names.length ? { level: "good", text: `${service.assembly}, the reference that this service offers` } : { level: "good", text: "" };
}
