// Two small drawings over one axis of values, from -end to end: how often each value occurs, and a function
// of it.

import { activate, plane } from "./kernels.js";
import { axis, give, newId, node, svg } from "./elements.js";

const CHART = { width: 400, height: 150 };
const SAMPLES = 240; // points of a curve
const BELOW = "#2166ac"; // as in coursekit.pictures
const ABOVE = "#b2182b";

/**
 * A drawing with its axis below it. `line` is a mark to be placed at a value.
 *
 * Returns { element, area, line, hatch, caption(text), describe(words, end), path(name, d, look) }.
 */
export function chart() {
  const id = newId();
  const hatch = svg(
    "pattern",
    { id, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { width: 7, height: 7, fill: "#dbe7f3" }),
    svg("rect", { width: 3, height: 7, fill: BELOW }),
  );
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${CHART.width} ${CHART.height}`, role: "img", preserveAspectRatio: "none" },
    svg("defs", {}, hatch),
    svg("path", { d: `M${CHART.width / 2} 0V${CHART.height}`, stroke: "#777", fill: "none" }),
  );
  const line = node("div", { class: "ck-here" });
  const area = node("div", { class: "ck-chart" }, drawing, line);
  const ends = axis();
  const title = node("p", { class: "ck-caption" });
  const element = node("div", { class: "ck-panel" }, title, area, ends.element);
  const paths = new Map();
  return {
    element,
    area,
    line,
    hatch: `url(#${id})`,
    caption: (text) => {
      title.textContent = text;
    },
    describe: (words, end) => {
      drawing.setAttribute("aria-label", words);
      ends.set(-end, end);
    },
    path: (name, d, look) => {
      if (!paths.has(name)) {
        paths.set(name, svg("path", {}));
        drawing.append(paths.get(name));
      }
      give(paths.get(name), { d, ...look });
    },
  };
}

/**
 * Draw counts of equal bins from -reach to reach as bars, all moved by `bias`, split where 0 stands.
 *
 * Heights grow with the square root of the counts: an empty sky would leave nothing else to be seen.
 */
export function drawCounts(target, counts, bias, reach, end, cut) {
  const most = Math.sqrt(Math.max(...counts)) || 1;
  const parts = { below: "", above: "" };
  const across = (value) => (CHART.width * (value + end)) / (2 * end);
  const bar = (side, from, to, height) => {
    if (to > from)
      parts[side] += `M${across(from)} ${CHART.height}V${height}H${across(to)}V${CHART.height}Z`;
  };
  counts.forEach((count, at) => {
    if (count === 0) return;
    const from = -reach + (2 * reach * at) / counts.length + bias;
    const to = from + (2 * reach) / counts.length;
    const height = CHART.height * (1 - (0.8 * Math.sqrt(count)) / most);
    bar("below", from, Math.min(to, 0), height);
    bar("above", Math.max(from, 0), to, height);
  });
  target.path("below", parts.below, { fill: cut ? target.hatch : BELOW });
  target.path("above", parts.above, { fill: ABOVE });
}

/** Draw an activation, and dashed what would come without one. Both axes go from -end to end. */
export function drawCurve(target, rule, slope, end) {
  const x = plane(1, SAMPLES + 1);
  for (let at = 0; at <= SAMPLES; at += 1) x.data[at] = end * ((2 * at) / SAMPLES - 1);
  const y = activate(x, rule, { slope });
  let d = "";
  for (let at = 0; at <= SAMPLES; at += 1) {
    const down = (CHART.height * (1 - y.data[at] / end)) / 2;
    d += `${at === 0 ? "M" : "L"}${((CHART.width * at) / SAMPLES).toFixed(2)} ${down.toFixed(2)}`;
  }
  const thin = { fill: "none", stroke: "#777" };
  target.path("zero", `M0 ${CHART.height / 2}H${CHART.width}`, thin);
  target.path("same", `M0 ${CHART.height}L${CHART.width} 0`, {
    ...thin,
    "stroke-dasharray": "5 5",
  });
  target.path("curve", d, { fill: "none", stroke: "#111", "stroke-width": 3 });
}
