// The page of the scaling: asks every two seconds for what is new, and draws it. No part of the page
// is loaded again, and what the server says is only ever set as text.

const EVERY_MS = 2000;
const KEPT = 1800;
const WIDTH = 340;
const HEIGHT = 110;
const LEFT = 46;
const BOTTOM = 18;
const SVG = "http://www.w3.org/2000/svg";

const samples = [];

function element(name, { text, kind, ...attributes } = {}, ...children) {
  const made = document.createElement(name);
  if (text !== undefined) {
    made.textContent = text;
  }
  if (kind) {
    made.className = kind;
  }
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function drawn(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.textContent = text;
  return made;
}

function number(value) {
  if (value === null || value === undefined) {
    return "no data";
  }
  return value.toLocaleString("en-GB", { maximumSignificantDigits: 4 });
}

function ago(seconds) {
  return seconds < 90 ? `${Math.round(seconds)} s ago` : `${Math.round(seconds / 60)} min ago`;
}

// Lines of values over the time that is kept. `series` has a name, a class and points [time, value].
function chart(title, series) {
  const times = samples.map((sample) => sample.time);
  const [begin, end] = [times[0], times[times.length - 1]];
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const most = Math.max(1, ...values);
  const x = (time) => LEFT + ((time - begin) / Math.max(1, end - begin)) * (WIDTH - LEFT - 4);
  const y = (value) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - 10);
  const picture = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title });
  for (const value of [0, most]) {
    picture.append(
      drawn("line", { class: "axis", x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
      drawn("text", { x: LEFT - 5, y: y(value) + 4, "text-anchor": "end" }, number(value)),
    );
  }
  picture.append(
    drawn("text", { x: LEFT, y: HEIGHT - 3 }, ago(end - begin)),
    drawn("text", { x: WIDTH, y: HEIGHT - 3, "text-anchor": "end" }, "now"),
  );
  for (const { kind, points } of series) {
    const line = points.map(([time, value]) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
    picture.append(drawn("polyline", { class: kind, points: line }));
  }
  return picture;
}

function pointsOf(pick) {
  return samples
    .map((sample) => [sample.time, pick(sample)])
    .filter(([, value]) => value !== null && value !== undefined);
}

function groupCard(group) {
  const series = [
    { kind: "first", points: pointsOf((sample) => sample.groups[group.group]?.running) },
    { kind: "second", points: pointsOf((sample) => sample.groups[group.group]?.desired) },
  ];
  const title = `${group.group}: ${group.running} running, ${group.desired} desired`;
  return element(
    "article",
    { kind: "card" },
    element("h3", { text: group.group }),
    element("p", { kind: "numbers", text: `${group.running} running of ${group.desired} desired` }),
    element("p", { text: `at least ${group.minimum}, at most ${group.maximum}` }),
    chart(title, series),
    element(
      "ul",
      { kind: "key" },
      element("li", { kind: "first", text: "running" }),
      element("li", { kind: "second", text: "desired" }),
    ),
  );
}

function alarmCard(alarm) {
  const points = pointsOf((sample) => sample.alarms[`${alarm.group} ${alarm.title}`]);
  return element(
    "article",
    { kind: "card" },
    element("h3", { text: `${alarm.group}: ${alarm.title}` }),
    element(
      "p",
      { kind: "numbers" },
      element("span", { kind: "state", "data-state": alarm.state, text: alarm.state }),
      ` · newest datapoint: ${number(alarm.value)}`,
    ),
    element("p", { text: `In ALARM when ${alarm.condition}` }),
    chart(`${alarm.title}: ${number(alarm.value)}`, [{ kind: "first", points }]),
  );
}

function activityTable(activities) {
  if (activities.length === 0) {
    return element("p", { text: "No activities yet." });
  }
  const head = ["Time", "Group", "Instances", "Cause"].map((text) =>
    element("th", { text, scope: "col" }),
  );
  const rows = activities.toReversed().map((activity) =>
    element(
      "tr",
      {},
      element("td", { kind: "time", text: activity.time.replace("T", " ").slice(0, 19).concat("Z") }),
      element("td", { text: activity.group }),
      element("td", { text: `${activity.capacity_from} → ${activity.capacity_to}` }),
      element("td", { text: activity.cause }),
    ),
  );
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
}

function show(record) {
  const minute = Number((60 / record.time_scale).toFixed(1));
  document.getElementById("pace").textContent = `A minute of the alarms lasts ${minute} s.`;
  document.getElementById("groups").replaceChildren(...record.groups.map(groupCard));
  document.getElementById("alarms").replaceChildren(...record.alarms.map(alarmCard));
  document.getElementById("activities").replaceChildren(activityTable(record.activities));
}

function tell(text) {
  const state = document.getElementById("state");
  // A status is read aloud: only when it changes.
  if (state.textContent !== text) {
    state.textContent = text;
  }
}

async function follow() {
  try {
    const newest = samples.length > 0 ? samples[samples.length - 1].number : 0;
    const answer = await fetch(`/state.json?after=${newest}`);
    if (!answer.ok) {
      throw new Error(`HTTP ${answer.status}`);
    }
    const { record, samples: added } = await answer.json();
    samples.push(...added);
    samples.splice(0, Math.max(0, samples.length - KEPT));
    if (record && samples.length > 0) {
      show(record);
      tell("Live: this page follows by itself.");
    }
  } catch {
    tell("The platform doesn't answer. It has stopped, or this machine was asleep.");
  }
  setTimeout(follow, EVERY_MS);
}

await follow();
