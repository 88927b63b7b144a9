// Amino acids by each contig's own genetic code. igv.js 3.8.10 knows the standard one alone, and so
// would show mitochondrial tryptophans as stops.
// https://www.ncbi.nlm.nih.gov/Taxonomy/Utils/wprintgc.cgi

const STANDARD = 1;

/** What differs from the standard code: amino acids by codon, and codons that begin a protein. */
const CODES = {
  2: {
    differs: { ATA: "M", TGA: "W", AGA: "STOP", AGG: "STOP" },
    starts: ["ATT", "ATC", "ATA", "ATG", "GTG"],
  },
};

/** A codon that the standard code reads as what another code means. */
const SPELLED = { M: "ATG", W: "TGG", STOP: "TAA" };

const PAIRS = { A: "T", C: "G", G: "C", T: "A" };
const reversed = (codon) => [...codon].reverse().map((base) => PAIRS[base] ?? base).join("");

/** The sequence as the standard code must find it to read a gene's codons as `code` does. */
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

/** Have the genes' amino acids read by the code of their contig; by one unknown here, not at all. */
function readGenes(track, codes) {
  const draw = track.render;
  track.render = function (feature, bpStart, xScale, height, context, options) {
    const number = codes[feature.chr] ?? STANDARD;
    const { sequenceInterval: interval } = options;
    if (number !== STANDARD && interval) {
      const code = CODES[number];
      options = { ...options, sequenceInterval: code && spelled(interval, feature, code) };
    }
    return draw.call(this, feature, bpStart, xScale, height, context, options);
  };
}

/** Likewise the three frames that the sequence may be shown in, and leave out what can't work. */
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

/** Read the reference by `codes`, the numbers of NCBI's tables by contig. */
export function readBy(codes, browser) {
  for (const track of browser.findTracks("type", "sequence")) readFrames(track, codes, browser);
  for (const track of browser.findTracks("type", "annotation")) {
    readGenes(track, codes);
    track.trackView.repaintViews();
  }
}
