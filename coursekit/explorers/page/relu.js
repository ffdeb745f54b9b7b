// ReluExplorer: a map before and after its activation, the values that are cut, and the function that cuts
// them.

import { chart, drawCounts, drawCurve } from "./charts.js";
import { button, choice, slider } from "./controls.js";
import { photographOf } from "./data.js";
import { clamp, colourBar, kept, node, whenNew } from "./elements.js";
import { explorer, holding } from "./explorer.js";
import {
  activate,
  correlate,
  extremes,
  histogram,
  mapScale,
  noiseOf,
  planeOf,
  shown,
  signShares,
} from "./kernels.js";

const FUNCTIONS = {
  relu: { text: "ReLU", does: "becomes 0" },
  leaky: { text: "leaky ReLU", does: "is multiplied by the slope" },
  sigmoid: { text: "sigmoid", does: "becomes less than 0.5" },
  tanh: { text: "tanh", does: "goes towards −1" },
  none: { text: "none", does: "stays" },
};
const BINS = 64;

function build({ model, state, tie, map, controls, stage, say, tables }) {
  const image = photographOf(model);
  const bank = model.get("_bank").map(planeOf);

  // Pictures and charts

  const onpoint = (row, column) => {
    state.position = [row, column];
  };
  const maps = {
    before: map({ label: "Before the activation", onpoint }),
    after: map({ label: "After the activation", onpoint }),
  };
  const bars = { before: colourBar(), after: colourBar() };
  for (const name of ["before", "after"]) maps[name].element.append(bars[name].element);
  const counts = chart();
  const curve = chart();
  const dot = node("div", { class: "ck-dot" });
  const labelled = (at, side) => at.area.appendChild(node("span", { class: `ck-${side}` }));
  const labels = {
    left: labelled(counts, "left"),
    right: labelled(counts, "right"),
    top: labelled(curve, "top"),
    bottom: labelled(curve, "bottom"),
  };
  curve.area.append(dot);
  const charts = node("div", { class: "ck-charts" }, counts.element, curve.element);
  stage.append(maps.before.element, maps.after.element, charts);

  // Controls

  const most = model.get("_most_bias");
  const mapNames = bank.map((_, at) => [at, `${at + 1} of ${bank.length}`]);
  const functions = Object.entries(FUNCTIONS).map(([name, { text }]) => [name, text]);
  const slope = tie("slope", slider({ label: "Slope", low: 0, high: 1, step: 0.01 }));
  controls.append(
    tie("channel", choice({ label: "Map", options: mapNames })),
    tie("activation", choice({ label: "Activation", options: functions })),
    slope,
    tie("bias", slider({ label: "Bias", low: -most, high: most, step: 0.1, digits: 1 })),
    button({ label: "Bias 0", onclick: () => (state.bias = 0) }),
  );

  // Drawing

  const filtered = kept(
    () => state.channel,
    () => filteredBy(image, bank[state.channel]),
  );
  const settings = () => [state.channel, state.bias, state.activation, state.slope];
  const activated = kept(settings, () => activatedBy(filtered(), state));
  const drawMaps = whenNew(() => {
    const { response } = filtered();
    const { end, scale, name } = activated();
    for (const side of ["before", "after"]) {
      maps[side].paint(activated()[side], scale, tables[scale.kind]);
      bars[side].set(scale, tables[scale.kind]);
    }
    maps.before.caption(`Before: response + bias, ${response.height} × ${response.width}`);
    maps.after.caption(`After ${name}, ${response.height} × ${response.width}`);
    drawCharts(counts, curve, filtered(), activated(), state);
    const { cuts, below, rest } = activated();
    labels.left.textContent = cuts ? `cut: ${below}` : `below 0: ${below}`;
    labels.right.textContent = `${cuts ? "kept" : "0 and above"}: ${rest}`;
    labels.top.textContent = shown(end);
    labels.bottom.textContent = shown(-end);
    slope.hidden = state.activation !== "leaky";
  });

  return () => {
    drawMaps(settings());
    const { response } = filtered();
    const { before, after, end, name, sentence } = activated();
    const row = clamp(state.position[0], 0, response.height - 1);
    const column = clamp(state.position[1], 0, response.width - 1);
    for (const view of Object.values(maps)) {
      view.point(row, column);
      view.box("place", row, column, 1, 1);
    }
    const at = row * response.width + column;
    const across = 50 + (50 * before.data[at]) / end;
    for (const mark of [counts.line, curve.line, dot]) mark.style.left = `${across}%`;
    dot.style.top = `${50 - (50 * after.data[at]) / end}%`;
    const sum = `${shown(response.data[at], 3)} + bias ${shown(state.bias)} = ${shown(before.data[at], 3)}`;
    say(
      `Row ${row}, column ${column}: response ${sum}; after ${name} ${shown(after.data[at], 3)}. ${sentence}`,
    );
  };
}

function filteredBy(image, kernel) {
  const response = correlate(image, kernel);
  const largest = Math.max(...extremes(response).map(Math.abs)) || 1;
  return {
    kernel,
    response,
    largest,
    heights: histogram(response, -largest, largest, BINS),
  };
}

/** What comes of a response: the maps before and after, their scale and axes, and what is said of them. */
function activatedBy({ kernel, response, largest }, { bias, activation, slope }) {
  const rule = activation === "none" ? "identity" : activation;
  const before = activate(response, "identity", { bias });
  const after = activate(response, rule, { bias, slope });
  const end = largest + Math.abs(bias); // all scales and axes go from -end to end, or from 0 to end
  const cuts = rule === "relu" || (rule === "leaky" && slope === 0);
  const shares = signShares(before, noiseOf(kernel));
  // A sigmoid gives 0 only where float32 has no smaller number left.
  const zero = (rule === "sigmoid" ? signShares(after) : shares).zero;
  const zeros = percent(cuts ? shares.below + shares.zero : zero);
  const below = percent(shares.below);
  const { text, does } = FUNCTIONS[activation];
  return {
    rule,
    before,
    after,
    end,
    scale: mapScale([before, after], noiseOf(kernel)),
    name: activation === "none" ? "no activation" : text,
    cuts,
    below,
    rest: percent(1 - shares.below),
    sentence:
      cuts && shares.above === 0
        ? "Every value is cut: on this photograph the unit is dead."
        : `Below 0 are ${below} of the values: each ${cuts ? "becomes 0" : does}. ` +
          `After it ${zeros} of the map is 0.`,
  };
}

function drawCharts(
  counts,
  curve,
  { response, heights, largest },
  { rule, end, cuts, below },
  state,
) {
  const { text } = FUNCTIONS[state.activation];
  const hatched = cuts ? ", the hatched part," : "";
  counts.caption("Histogram (heights: square root)");
  counts.describe(
    `Histogram of ${response.data.length} values: ${below}${hatched} lie below 0.`,
    end,
  );
  drawCounts(counts, heights, state.bias, largest, end, cuts);
  curve.caption(`The function: ${text}`);
  curve.describe(`The function ${text}, for values from ${shown(-end)} to ${shown(end)}.`, end);
  drawCurve(curve, rule, state.slope, end);
}

function percent(part) {
  if (part > 0 && part < 0.0005) return "under 0.1 %"; // a little is never called none
  if (part > 0.9995 && part < 1) return "over 99.9 %";
  return `${shown(100 * part, 1)} %`;
}

export default explorer({
  name: "relu",
  title: "ReLU explorer: move the bias and watch what is cut",
  help: [
    "Maps: point, or use the arrow keys (with Shift 10 pixels). " + holding("place"),
    "Sliders: drag, or use the arrow keys. The bias is added to every response before the activation.",
  ],
  traits: ["channel", "bias", "activation", "slope"],
  build,
});
