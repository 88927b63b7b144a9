// Colours of the style sheets for what draws by itself: their values are pairs, for light and dark.

/** The colour that the custom property `name` has at the element `place`, as "rgb(...)". */
export function colourAt(place, name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
