// The genome browser igv.js, fetched only by this page, on the service's own reference.
const place = document.getElementById("genome");
const state = document.getElementById("state");
const data = place.dataset;

const reference = {
  id: data.name,
  name: data.assembly,
  fastaURL: data.fasta,
  indexURL: data.fai,
  aliasURL: data.aliases,
  tracks: [
    {
      name: "Genes",
      type: "annotation",
      format: "gff3",
      url: data.genes,
      indexed: false,
      displayMode: "EXPANDED",
      height: 110,
      searchable: true,
    },
  ],
};

const variants = data.vcf && {
  name: data.file,
  type: "variant",
  format: "vcf",
  url: data.vcf,
  indexURL: data.index,
  displayMode: "EXPANDED",
  height: 130,
};

async function start() {
  const { default: igv } = await import(data.igv);
  await igv.createBrowser(place, {
    reference,
    locus: data.locus,
    tracks: variants ? [variants] : [],
    loadDefaultGenomes: false,
    queryParametersSupported: false,
    showSVGButton: false,
  });
  // Its slider has no name of its own.
  for (const slider of place.shadowRoot.querySelectorAll('input[type="range"]')) {
    slider.setAttribute("aria-label", "Zoom");
  }
  state.textContent = `${data.assembly}, ${data.locus}`;
  place.dataset.state = "ready";
}

start().catch((error) => {
  state.textContent = `The genome browser could not start: ${error.message}. Reload the page to try again.`;
  place.dataset.state = "failed";
});
