// The operator's page about scaling: asks for the charts once a minute, as CloudWatch has new points
// once a minute, and draws them. No part of the page is loaded again.

import { request } from "./api.js";
import { drawnChart, element } from "./line_charts.js";

const EVERY_MS = 60_000;

const place = document.getElementById("charts");
const state = document.getElementById("state");
const updated = document.getElementById("updated");
const button = document.getElementById("pause");
const hours = document.getElementById("hours");

let paused = false;
let timer;
let asked = 0;

// A status is read aloud: only when it changes.
function tell(text) {
  if (state.textContent !== text) state.textContent = text;
}

function draw(answer) {
  const sections = Map.groupBy(answer.charts, (chart) => chart.section);
  place.replaceChildren(...[...sections].flatMap(([title, charts]) => {
    const drawn = element("div", ...charts.map((chart) => drawnChart(chart, answer)));
    drawn.classList.add("charts");
    return [element("h2", title), drawn];
  }));
  updated.textContent = `Updated at ${new Date().toLocaleTimeString("en-GB")}.`;
}

async function update() {
  clearTimeout(timer);
  asked += 1;
  const mine = asked;
  try {
    const answer = await request(`${place.dataset.url}?hours=${hours.value}`);
    // Somebody has chosen other hours meanwhile.
    if (mine !== asked) return;
    draw(answer);
    tell(paused ? "Paused." : "This page follows by itself, once a minute.");
  } catch (error) {
    if (mine !== asked) return;
    tell(error.status === 404 ? "You are signed out. Sign in again to continue." : error.message);
  }
  wait();
}

// Nobody pays for charts that nobody looks at.
function wait() {
  clearTimeout(timer);
  if (!paused && !document.hidden) timer = setTimeout(update, EVERY_MS);
}

button.addEventListener("click", () => {
  paused = !paused;
  button.setAttribute("aria-pressed", String(paused));
  if (paused) {
    clearTimeout(timer);
    tell("Paused.");
  } else {
    update();
  }
});
hours.addEventListener("change", update);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !paused) update();
});

update();
