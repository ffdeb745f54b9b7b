// ReluExplorer: a map before and after its activation, the values that are cut, and the function that cuts them.

import { chart, drawCounts, drawCurve } from "./charts.js";
import { activate, correlate, extremes, histogram, noiseOf, planeOf, shown, signShares } from "./kernels.js";
import { heldElsewhere, mapView } from "./maps.js";
import {
  begin,
  button,
  choice,
  clamp,
  colourBar,
  frames,
  grayOf,
  node,
  slider,
  tablesOf,
} from "./parts.js";
import { following, remembering } from "./state.js";

const FUNCTIONS = {
  relu: { text: "ReLU", does: "becomes 0" },
  leaky: { text: "leaky ReLU", does: "is multiplied by the slope" },
  sigmoid: { text: "sigmoid", does: "becomes less than 0.5" },
  tanh: { text: "tanh", does: "goes towards −1" },
  none: { text: "none", does: "stays" },
};
const BINS = 64;

function render({ model, el }) {
  const image = grayOf(model);
  const tables = tablesOf(model);
  const remember = remembering(model);
  const bank = model.get("_bank").map(planeOf);
  const most = model.get("_most_bias");
  const state = {};
  const TRAITS = ["_bias", "_activation", "_slope", "_channel"];
  for (const name of TRAITS) state[name] = model.get(name);
  let [row, column] = model.get("_position");
  let response; // of the chosen filter; before and after are computed from it
  let lowest;
  let largest;
  let heights;
  let before;
  let after;
  let end; // all scales and axes go from -end to end, or from 0 to end
  let sentence;

  const { controls, stage, say, close } = begin(el, {
    name: "relu",
    title: "ReLU explorer: move the bias and watch what is cut",
    help: [
      "Maps: point, or use the arrow keys (with Shift 10 pixels). Click, tap or Enter holds the place; " +
        "once more, or Escape, frees it. A finger moves a held place.",
      "Sliders: drag, or use the arrow keys. The bias is added to every response before the activation.",
    ],
  });
  stage.classList.add("ck-relu");

  const mapOf = (label) => {
    const onpoint = (y, x, hovering) => heldElsewhere(view, Object.values(maps), hovering) || move(y, x);
    const view = mapView({ label, height: 1, width: 1, onpoint });
    return view;
  };
  const maps = { before: mapOf("Before the activation"), after: mapOf("After the activation") };
  const bars = { before: colourBar(), after: colourBar() };
  for (const name of ["before", "after"]) maps[name].element.append(bars[name].element);
  const counts = chart();
  const curve = chart();
  const labels = [node("span", { class: "ck-left" }), node("span", { class: "ck-right" })];
  counts.area.append(...labels);
  const dot = node("div", { class: "ck-dot" });
  curve.area.append(node("span", { class: "ck-top" }), node("span", { class: "ck-bottom" }), dot);
  stage.append(maps.before.element, maps.after.element, counts.element, curve.element);

  // Controls

  const set = (name, value) => {
    if (state[name] === value) return;
    state[name] = value;
    remember(name, value);
    if (name === "_channel") filter();
    draw();
  };
  const channel = choice({
    label: "Map",
    options: bank.map((_, at) => [at, `${at + 1} of ${bank.length}`]),
    value: state._channel,
    onvalue: (at) => set("_channel", Number(at)),
  });
  const activation = choice({
    label: "Activation",
    options: Object.entries(FUNCTIONS).map(([name, { text }]) => [name, text]),
    value: state._activation,
    onvalue: (name) => set("_activation", name),
  });
  const bias = slider({
    label: "Bias",
    low: -most,
    high: most,
    step: 0.1,
    value: state._bias,
    digits: 1,
    onvalue: (value) => set("_bias", value),
  });
  const slope = slider({
    label: "Slope",
    low: 0,
    high: 1,
    step: 0.01,
    value: state._slope,
    onvalue: (value) => set("_slope", value),
  });
  const zero = button({
    label: "Bias 0",
    onclick: () => {
      bias.set(0);
      set("_bias", 0);
    },
  });
  controls.append(channel.element, activation.element, slope.element, bias.element, zero);

  function move(y, x) {
    row = clamp(y, 0, response.height - 1);
    column = clamp(x, 0, response.width - 1);
    for (const map of Object.values(maps)) map.point(row, column);
    remember("_position", [row, column]);
    draw();
  }

  // What depends on the filter, on the settings, and on the place

  function filter() {
    response = correlate(image, bank[state._channel]);
    const [low, high] = extremes(response);
    lowest = low;
    largest = Math.max(-low, high) || 1;
    row = clamp(row, 0, response.height - 1);
    column = clamp(column, 0, response.width - 1);
    heights = histogram(response, -largest, largest, BINS);
  }

  function compute() {
    const rule = ruleOf(state);
    before = activate(response, "identity", { bias: state._bias });
    after = activate(response, rule, { bias: state._bias, slope: state._slope });
    end = largest + Math.abs(state._bias);
    const signed = lowest + state._bias < 0; // no activation makes a positive value negative
    const scale = { low: signed ? -end : 0, high: end };
    const table = signed ? tables.signed : tables.positive;
    for (const [name, map] of Object.entries({ before, after })) {
      maps[name].paint(map, scale, table);
      bars[name].set(scale, table);
      maps[name].point(row, column);
    }
    const { text, does } = FUNCTIONS[state._activation];
    const size = `${response.height} × ${response.width}`;
    maps.before.caption(`Before: response + bias, ${size}`);
    maps.after.caption(`After ${state._activation === "none" ? "no activation" : text}, ${size}`);

    const cuts = rule === "relu" || (rule === "leaky" && state._slope === 0);
    const shares = signShares(before, noiseOf(bank[state._channel]));
    const below = percent(shares.below);
    // A sigmoid gives 0 only where float32 has no smaller number left.
    const zeros = percent(cuts ? shares.below + shares.zero : (rule === "sigmoid" ? signShares(after) : shares).zero);
    labels[0].textContent = cuts ? `cut: ${below}` : `below 0: ${below}`;
    labels[1].textContent = `${cuts ? "kept" : "0 and above"}: ${percent(1 - shares.below)}`;
    counts.caption("Histogram (heights: square root)");
    drawCounts(counts, heights, state._bias, largest, end, cuts);
    const hatched = cuts ? ", the hatched part," : "";
    counts.describe(`Histogram of ${response.data.length} values: ${below}${hatched} lie below 0.`, end);
    drawCurve(curve, rule, state._slope, end);
    curve.caption(`The function: ${text}`);
    curve.describe(`The function ${text}, for values from ${shown(-end)} to ${shown(end)}.`, end);
    curve.area.querySelector(".ck-top").textContent = shown(end);
    curve.area.querySelector(".ck-bottom").textContent = shown(-end);
    sentence =
      cuts && shares.above === 0
        ? "Every value is cut: on this photograph the unit is dead."
        : `Below 0 are ${below} of the values: each ${cuts ? "becomes 0" : does}. After it ${zeros} of the map is 0.`;
  }

  let computed = "";

  function show() {
    const wanted = JSON.stringify(state);
    if (wanted !== computed) compute();
    computed = wanted;
    slope.element.hidden = state._activation !== "leaky";
    for (const map of Object.values(maps)) map.box("place", row, column, 1, 1);
    const at = row * response.width + column;
    const across = 50 + (50 * before.data[at]) / end;
    counts.line.style.left = `${across}%`;
    curve.line.style.left = `${across}%`;
    dot.style.left = `${across}%`;
    dot.style.top = `${50 - (50 * after.data[at]) / end}%`;
    const sum = `${shown(response.data[at], 3)} + bias ${shown(state._bias)} = ${shown(before.data[at], 3)}`;
    const name = state._activation === "none" ? "no activation" : FUNCTIONS[state._activation].text;
    say(`Row ${row}, column ${column}: response ${sum}; after ${name} ${shown(after.data[at], 3)}. ${sentence}`);
  }

  const draw = frames(show);
  filter();
  move(row, column);

  const controlsOf = { _bias: bias, _activation: activation, _slope: slope, _channel: channel };
  const follow = () => {
    for (const name of TRAITS) {
      if (model.get(name) === state[name]) continue;
      controlsOf[name].set(model.get(name));
      state[name] = model.get(name);
      if (name === "_channel") filter();
      draw();
    }
  };
  const stopFollowing = following(model, {
    ...Object.fromEntries(TRAITS.map((name) => [name, follow])),
    _position: ([y, x]) => (y !== row || x !== column) && move(y, x),
  });
  return () => {
    stopFollowing();
    draw.cancel();
    remember.now();
    close();
  };
}

function ruleOf({ _activation }) {
  return _activation === "none" ? "identity" : _activation;
}

function percent(part) {
  if (part > 0 && part < 0.0005) return "under 0.1 %"; // a little is never called none
  if (part > 0.9995 && part < 1) return "over 99.9 %";
  return `${shown(100 * part, 1)} %`;
}

export default { render };
