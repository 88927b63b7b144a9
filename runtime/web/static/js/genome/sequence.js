// Amino acids by each contig's own genetic code. igv.js 3.8.10 knows only the standard code, and
// would show mitochondrial tryptophans as stops.
// https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi

const STANDARD = 1;

/** Differences from the standard code: amino acids by codon, and start codons. */
const CODES = {
  2: {
    differs: { ATA: "M", TGA: "W", AGA: "STOP", AGG: "STOP" },
    starts: ["ATT", "ATC", "ATA", "ATG", "GTG"],
  },
};

/** A codon of the standard code for each amino acid that differs. */
const SPELLED = { M: "ATG", W: "TGG", STOP: "TAA" };

const PAIRS = { A: "T", C: "G", G: "C", T: "A" };
const reversed = (codon) => [...codon].reverse().map((base) => PAIRS[base] ?? base).join("");

/** The sequence, rewritten so that the standard code reads a gene's codons as `code` does. */
function spelled(interval, feature, code) {
  const orient = feature.strand === "-" ? reversed : (codon) => codon;
  const first = feature.strand === "-" ? feature.end - 3 : feature.start;
  return {
    hasSequence: (start, end) => interval.hasSequence(start, end),
    getSequence(start, end) {
      const given = interval.getSequence(start, end);
      if (given?.length !== 3) return given;
      const codon = orient(given.toUpperCase());
      const begins = start === first && code.starts.includes(codon);
      const letter = begins ? "M" : code.differs[codon];
      return letter ? orient(SPELLED[letter]) : given;
    },
  };
}

/** Translate genes by the code of their contig; don't translate when the code is unknown here. */
function readGenes(track, codes) {
  const draw = track.render;
  track.render = function (feature, bpStart, xScale, height, context, options) {
    const number = codes[feature.chr] ?? STANDARD;
    const { sequenceInterval: interval } = options;
    const code = CODES[number];
    const read =
      number !== STANDARD && interval
        ? { ...options, sequenceInterval: code && spelled(interval, feature, code) }
        : options;
    return draw.call(this, feature, bpStart, xScale, height, context, read);
  };
}

/** Translate the three reading frames likewise, and remove menu items that can't work. */
function readFrames(track, codes, browser) {
  const translate = track.translateSequence;
  track.translateSequence = function (sequence) {
    const frames = translate.call(this, sequence);
    const code = CODES[codes[browser.referenceFrameList[0].chr]];
    for (const item of code ? frames.flat() : []) {
      item.aminoA = code.differs[item.codons.toUpperCase()] ?? item.aminoA;
    }
    return frames;
  };
  const items = track.contextMenuItemList;
  track.contextMenuItemList = function (state) {
    // BLAT asks another site, which the page may not do.
    return items.call(this, state)?.filter((item) => !item.label?.startsWith("BLAT"));
  };
}

/** Translate the reference by `codes`: the number of NCBI's table for each contig. */
export function readBy(codes, browser) {
  for (const track of browser.findTracks("type", "sequence")) readFrames(track, codes, browser);
  for (const track of browser.findTracks("type", "annotation")) {
    readGenes(track, codes);
    track.trackView.repaintViews();
  }
}
