// The colour of a variant in the genome browser: that of its most severe effect's impact.
import { colourAt } from "../colour.js";

const LEVELS = ["HIGH", "MODERATE", "LOW", "MODIFIER"];

/** The place of IMPACT among the fields of an effect, which runtime/annotator/csq_field.py writes. */
const IMPACT = 2;

/**
 * Return the function that gives igv.js the colour of a variant.
 *
 * `place` has the site's colours, and `tag` is the key of INFO that holds the effects, separated by
 * commas, each as "Allele|Consequence|IMPACT|...".
 */
export function painter(place, tag) {
  const colours = Object.fromEntries(
    LEVELS.map((level) => [level, colourAt(place, `--gas-${level.toLowerCase()}`)]),
  );
  return (variant) => {
    const found = (variant.info?.[tag] ?? "").split(",").map((each) => each.split("|")[IMPACT]);
    return colours[LEVELS.find((level) => found.includes(level)) ?? "MODIFIER"];
  };
}
