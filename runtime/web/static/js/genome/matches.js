// The genome browser's variants by the filter of the table. igv.js 3.8.10 reads the annotated VCF
// itself; the site says which alleles in view meet the filter, and the other records are left out.

/** The record of what igv.js draws; the other end of a structural variant has it as `mate`. */
const recordOf = (feature) => feature.mate ?? feature;

const keyOf = (position, ref, alt) => `${position} ${ref} ${alt ?? "."}`;

/** The alleles that meet the filter from the first to the last of these features. */
async function allelesThatMatch(address, contig, features) {
  const positions = features.map((feature) => recordOf(feature).pos);
  const [first, last] = positions.reduce(
    ([low, high], at) => [Math.min(low, at), Math.max(high, at)],
    [Infinity, -Infinity],
  );
  const url = new URL(address, location.href);
  url.searchParams.set("at", `${contig}:${first}-${last}`);
  const answer = await fetch(url);
  const { alleles, error } = await answer.json();
  if (!answer.ok) throw new Error(`The filter can't be applied: ${error}`);
  return new Set(alleles.map((allele) => keyOf(...allele)));
}

/** Whether one of the alleles of a feature's record is among `alleles`. */
function matches(feature, alleles) {
  const record = recordOf(feature);
  return record.alternateBases
    .split(",")
    .some((alt) => alleles.has(keyOf(record.pos, record.referenceBases, alt)));
}

/**
 * Leave out of the track `id`, which is loaded later, the records without an allele that matches.
 *
 * `address` is that of the matches, with the filter. An error is shown by igv.js.
 */
export function filtered(browser, id, address) {
  const create = browser.createTrack;
  browser.createTrack = async function (config) {
    const track = await create.call(this, config);
    if (config.id === id) leaveOut(track.featureSource.reader, address);
    return track;
  };
}

function leaveOut(reader, address) {
  const read = reader.readFeatures;
  reader.readFeatures = async function (contig, start, end) {
    const features = await read.call(this, contig, start, end);
    if (!features.length) return features;
    const alleles = await allelesThatMatch(address, contig, features);
    return features.filter((feature) => matches(feature, alleles));
  };
}
