// Small charts of one or two lines over time, as SVG. What the server says is only ever set as text.

const WIDTH = 340;
const HEIGHT = 120;
const LEFT = 52;
const BOTTOM = 18;
const TOP = 10;
const SVG = "http://www.w3.org/2000/svg";

/** An element with a text, or with children. */
export function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

function lineClass(made, place) {
  if (place === 0) made.classList.add("line-first");
  else made.classList.add("line-second");
  return made;
}

function muted(text) {
  const made = element("p", text);
  made.classList.add("muted");
  return made;
}

function drawn(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

const inUnits = (value, unit) =>
  `${number(value)} ${value === 1 && unit !== "s" ? unit.replace(/s$/, "") : unit}`;

const number = (value) => value.toLocaleString("en-GB", { maximumSignificantDigits: 3 });

function clock(seconds) {
  return new Date(seconds * 1000)
    .toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/**
 * The points of a line; where no value means 0, with a point for each period after the first one.
 * Before it nothing is known: the stage may not have been there.
 */
export function filled(points, { end, period }, zero) {
  if (!zero || points.length === 0) return points;
  const known = new Map(points);
  const times = [];
  for (let time = points[0][0]; time < end; time += period) times.push(time);
  // The period that is running isn't over: its 0 would look like a fall.
  return times
    .filter((time) => known.has(time) || time + period < end)
    .map((time) => [time, known.get(time) ?? 0]);
}

/** Parts of a line without gaps: where a value is missing, the line is interrupted. */
export function parts(points, period) {
  const found = [];
  for (const point of points) {
    const last = found.at(-1);
    if (last && point[0] - last.at(-1)[0] <= period) last.push(point);
    else found.push([point]);
  }
  return found;
}

function axes(most, { start, end }, y) {
  const axis = (value) => {
    const made = drawn("line", { x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) });
    made.classList.add("axis");
    return made;
  };
  return [
    ...[0, most].flatMap((value) => [
      axis(value),
      drawn("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, number(value)),
    ]),
    drawn("text", { x: LEFT, y: HEIGHT - 3 }, clock(start)),
    drawn("text", { x: WIDTH, y: HEIGHT - 3, "text-anchor": "end" }, clock(end)),
  ];
}

function picture(lines, window, label) {
  const most = Math.max(...lines.flatMap(({ points }) => points.map(([, value]) => value))) || 1;
  const x = (time) =>
    LEFT + ((time - window.start) / (window.end - window.start)) * (WIDTH - LEFT - 4);
  const y = (value) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - TOP);
  const made = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label });
  made.append(...axes(most, window, y));
  lines.forEach(({ points }, place) => {
    for (const part of parts(points, window.period)) {
      // A point alone would have no length, and not be seen.
      const ends = part.length > 1 ? part : [part[0], [part[0][0] + window.period / 2, part[0][1]]];
      const line = ends.map(([time, value]) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`);
      made.append(lineClass(drawn("polyline", { points: line.join(" ") }), place));
    }
  });
  return made;
}

function keyOf(lines) {
  const made = element("ul", ...lines.map(({ label }, place) =>
    lineClass(element("li", label), place)));
  made.classList.add("lines");
  return made;
}

/** A figure: the title, the newest values in words, the lines and their key. */
export function drawnChart(chart, window) {
  const made = element("article", element("h3", chart.title));
  made.classList.add("panel");
  const lines = chart.lines
    .map(({ label, points }) => ({ label, points: filled(points, window, chart.zero) }))
    .filter(({ points }) => points.length > 0);
  if (lines.length === 0) {
    made.append(muted("CloudWatch has no data of these hours."));
    return made;
  }
  const words = lines
    .map(({ label, points }) => `${label} ${inUnits(points.at(-1)[1], chart.unit)}`).join(", ");
  made.append(muted(`Newest: ${words}`), picture(lines, window, `${chart.title}: ${words}`));
  if (lines.length > 1) made.append(keyOf(lines));
  return made;
}
