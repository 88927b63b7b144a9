// The genome browser igv.js with the service's own reference. Only this page loads it.
import { painter } from "./colours.js";
import { filtered } from "./matches.js";
import { inRegion, popup } from "./popup.js";
import { readBy } from "./sequence.js";

const place = document.getElementById("genome");
const state = document.getElementById("state");
const link = document.getElementById("in-view");
const data = place.dataset;

/** The track of the reader's own variants. */
const VARIANTS = "variants";

const reference = {
  id: data.assembly, // which igv.js shows
  name: data.assembly,
  fastaURL: data.fasta,
  indexURL: data.fai,
  aliasURL: data.aliases,
  wholeGenomeView: false, // no track has a view of all contigs
  tracks: [
    {
      name: "Genes",
      type: "annotation",
      format: "gff3",
      url: data.genes,
      indexURL: data.genesIndex,
      displayMode: "EXPANDED",
      height: 110,
    },
  ],
};

/** What the reference knows of variants and regions; read by ranges, where it is in view. */
const known = JSON.parse(data.tracks).map(({ name, format, url, index, window }) => ({
  name,
  type: format === "vcf" ? "variant" : "annotation",
  format,
  url,
  indexURL: index,
  displayMode: "COLLAPSED",
  height: 40,
  visibilityWindow: window,
}));

const variants = data.vcf && {
  id: VARIANTS,
  name: data.file,
  type: "variant",
  format: "vcf",
  url: data.vcf,
  indexURL: data.index,
  displayMode: "EXPANDED",
  height: 130,
  visibilityWindow: 1_000_000,
  color: painter(place, data.tag),
};

/** Wait until the page has been painted: igv.js then keeps the thread busy for a while. */
function painted() {
  return new Promise((resolve) => {
    const next = () => requestAnimationFrame(() => setTimeout(resolve));
    if (document.readyState === "complete") next();
    else addEventListener("load", next, { once: true });
  });
}

/** Return our style sheet for igv.js's shadow tree, which the page's own styles don't reach. */
async function readStyles() {
  const answer = await fetch(data.styles);
  if (!answer.ok) throw new Error(`its style sheet can't be read (${answer.status})`);
  const sheet = new CSSStyleSheet();
  return sheet.replace(await answer.text());
}

/** Show the region in view, and link to its variants. */
function follow([{ chr, start, end }]) {
  const first = Math.max(1, Math.floor(start) + 1);
  const region = `${chr}:${first}-${Math.max(first, Math.floor(end))}`;
  state.textContent = `${data.assembly}, ${region}`;
  link.href = inRegion(data.table, region);
  link.textContent = "Variants in view";
}

async function startBrowser() {
  await painted();
  const [{ default: igv }, styles] = await Promise.all([import(data.igv), readStyles()]);
  const browser = await igv.createBrowser(place, {
    reference,
    locus: data.locus,
    loadDefaultGenomes: false,
    queryParametersSupported: false,
    // Genes are searched here: by itself it would send what people search for to another site.
    search: { url: `${data.search}?q=$FEATURE$`, resultsField: "genes", chromosomeField: "contig" },
    showSVGButton: false,
    listeners: {
      trackclick: (track, fields) =>
        popup(fields, data.tag, track.id === VARIANTS ? data.table : undefined),
    },
  });
  const { shadowRoot } = place;
  shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, styles];
  place.dataset.state = "dressed"; // which shows it
  if (data.matches) filtered(browser, VARIANTS, data.matches);
  await browser.loadTrackList(variants ? [variants, ...known] : known);
  readBy(JSON.parse(data.codes), browser);
  follow(browser.referenceFrameList);
  browser.on("locuschange", follow);
  // Its slider has no name of its own.
  for (const slider of shadowRoot.querySelectorAll('input[type="range"]')) {
    slider.setAttribute("aria-label", "Zoom");
  }
  place.dataset.state = "ready";
}

startBrowser().catch((error) => {
  state.textContent = `The genome browser could not start: ${error.message}. Reload the page to try again.`;
  place.dataset.state = "failed";
});
