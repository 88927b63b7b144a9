// Search by gene name: igv.js 3.8.10 finds transcripts only.

/** Make an annotation track's search find genes: the longest transcript of each. */
export function findGenes(track) {
  const search = track.search;
  track.search = async function (term) {
    const found = await search.call(this, term);
    return found ?? longest(transcripts(this).filter((each) => isCalled(each.geneObject, term)));
  };
}

const transcripts = (track) => [...(track.featureSource.featureMap?.values() ?? [])];

/** Mitochondrial genes are also found without their prefix. */
function isCalled(gene, term) {
  const name = gene?.getAttributeValue("Name")?.toUpperCase();
  const wanted = term.toUpperCase();
  return name !== undefined && (name === wanted || name === `MT-${wanted}`);
}

const longest = (features) =>
  features.sort((one, other) => other.end - other.start - (one.end - one.start))[0];
