// The colour of a variant in the genome browser: that of its most severe consequence's impact.
const LEVELS = ["HIGH", "MODERATE", "LOW", "MODIFIER"];

/**
 * Return the function that gives igv.js the colour of a variant.
 *
 * `place` has the site's colours, `impacts` the impact of each consequence by bcftools' name for it,
 * and `tag` is the key of INFO that holds consequences, each as "names|gene|...", names with & between.
 */
export function painter(place, impacts, tag) {
  const style = getComputedStyle(place);
  const colours = Object.fromEntries(
    LEVELS.map((level) => [level, style.getPropertyValue(`--gas-${level.toLowerCase()}`).trim()]),
  );
  return (variant) => {
    const found = (variant.info?.[tag] ?? "")
      .split(",")
      .flatMap((each) => each.split("|")[0].replace(/^\*/, "").split("&"))
      .map((name) => impacts[name]);
    return colours[LEVELS.find((level) => found.includes(level)) ?? "MODIFIER"];
  };
}
