// FilterExplorer: a kernel to change by keys, wheel or drag, and the photograph it filters.

import { button, choice, kernelMenu } from "./controls.js";
import { photographOf } from "./data.js";
import { clamp, colourBar, node } from "./elements.js";
import { explorer, holding } from "./explorer.js";
import {
  addShiftedInto,
  alike,
  correlate,
  flipped,
  noiseOf,
  patch,
  plane,
  planeOf,
  reach,
  rowsOf,
  responseScale,
  shown,
  significant,
} from "./kernels.js";
import { weightTable } from "./weights.js";

const SIZES = [2, 3, 4, 5, 6, 7];
const PAUSE = 150; // milliseconds without a change, after which the response is computed whole
const ROUNDING = 2 ** -24; // of a number that becomes float32
const BLURRED = 100; // so many times the noise, and the response is computed whole at once

function build({ model, state, tie, map, root, controls, stage, say, tables, redraw, onclose }) {
  const image = photographOf(model);
  const filtered = filteredBy(image, redraw);
  let told = /** @type {Function} */ (String); // the line, with a note, or other words till the next act
  const refuse = (words) => say((told = () => words)());
  onclose(filtered.stop);

  // Pictures, and the table of weights between them

  const { height, width } = image;
  const point = (row, column) => {
    told = String;
    state.position = inside([row, column], filtered.response);
  };
  const toMiddle = (row, column) => {
    const [down, right] = middleOf(filtered.kernel);
    point(row - down, column - right);
  };
  const photo = map({ label: "Photograph", height, width, onpoint: toMiddle });
  const out = map({ label: "Response", height, width, onpoint: point });
  const bar = colourBar();
  photo.paint(image, { low: 0, high: 1 }, tables.gray);
  out.element.append(bar.element);
  const weights = weightTable({
    table: tables.signed,
    onwords: refuse,
    onweight: (at, weight, words) => {
      told = (line) => line + words;
      filtered.setWeight(at, weight);
      state.kernel = rowsOf(filtered.kernel);
    },
  });
  const panel = node("div", { class: "ck-panel ck-small" }, weights.element);
  stage.append(photo.element, panel, out.element);
  const follow = (rows) => {
    const kernel = planeOf(rows);
    if (alike(kernel, filtered.kernel)) return; // a weight that was set here
    told = String;
    filtered.setKernel(kernel);
    weights.begin(kernel);
  };
  tie("kernel", { set: follow });

  // Controls

  const kernels = model.get("_kernels");
  const sizes = [["", "other"], ...SIZES.map((side) => [side, `${side} × ${side}`])];
  const sizeOf = (rows) => (rows.length === rows[0].length ? rows.length : "");
  const change = (how) => {
    state.kernel = rowsOf(how(filtered.kernel));
  };
  const normalise = () => {
    const largest = reach(filtered.kernel);
    const divided = ({ data }) => data.map((weight) => weight / largest);
    if (largest > 0) change((kernel) => plane(kernel.height, kernel.width, divided(kernel)));
    else refuse("All weights are 0: there is nothing to divide by.");
  };
  controls.append(
    tie("kernel", kernelMenu(kernels), (name) => (state.kernel = kernels[name])),
    tie("kernel", choice({ label: "Size", options: sizes, shows: sizeOf }), (side) =>
      change((kernel) => patch(kernel, 0, 0, side, side)),
    ),
    button({
      label: "Flip",
      title: "Turn the kernel by 180 degrees: cross-correlation becomes convolution",
      onclick: () => change(flipped),
    }),
    button({
      label: "Normalise",
      title: "Divide by the largest answer possible, so that responses stay between −1 and 1",
      onclick: normalise,
    }),
    button({
      label: "All 0",
      onclick: () => change((kernel) => plane(kernel.height, kernel.width)),
    }),
    tie("colours", choice({ label: "Colours reach to", options: REACHES })),
  );

  return () => {
    const { kernel, response } = filtered;
    state.position = inside(state.position, response);
    const [row, column] = state.position;
    const [down, right] = middleOf(kernel);
    const scale = scaleOf(response, kernel, state.colours);
    out.paint(response, scale, tables[scale.kind]);
    bar.set(scale, tables[scale.kind]);
    out.point(row, column);
    out.box("value", row, column, 1, 1);
    out.caption(`Response ${response.height} × ${response.width}`);
    photo.point(row + down, column + right);
    photo.box("window", row, column, kernel.height, kernel.width);
    weights.show();
    const sum = sumOf(kernel);
    weights.caption.textContent = `Kernel ${kernel.height} × ${kernel.width}, sum ${written(sum)}`;
    const value = response.data[row * response.width + column];
    say(
      told(
        `Row ${row}, column ${column}: response ${shown(value, 3)}. ${meaning(sum, scale.kind === "gray")}`,
      ),
    );
    root.dataset.exact = String(filtered.exact);
  };
}

/**
 * The photograph filtered by a kernel of which one weight changes at a time: that weight's share of the
 * response is added or taken away at once, and at rest the response is computed whole, without the rounding
 * of all these shares.
 */
function filteredBy(image, redraw) {
  let resting = 0; // timer
  let rounded = 0; // how far off the shares may have brought the response
  const filtered = {
    kernel: plane(0, 0),
    response: image,
    exact: true,
    setKernel,
    setWeight,
    stop,
  };

  function setKernel(kernel) {
    filtered.kernel = kernel;
    compute();
  }

  function setWeight(at, weight) {
    const { kernel, response } = filtered;
    const largest = reach(kernel);
    const change = weight - kernel.data[at];
    addShiftedInto(response, image, change, Math.floor(at / kernel.width), at % kernel.width);
    kernel.data[at] = weight;
    rounded += ROUNDING * Math.max(largest, reach(kernel));
    filtered.exact = false;
    stop();
    if (rounded > BLURRED * noiseOf(kernel)) compute();
    else resting = setTimeout(compute, PAUSE);
  }

  function compute() {
    stop();
    filtered.response = correlate(image, filtered.kernel);
    filtered.exact = true;
    rounded = 0;
    redraw();
  }

  function stop() {
    clearTimeout(resting);
  }

  return filtered;
}

const REACHES = [
  ["seen", "the largest response seen"],
  ["possible", "the largest one possible"],
];

function scaleOf(response, kernel, colours) {
  const end = reach(kernel) || 1;
  return colours === "seen"
    ? responseScale(response, kernel)
    : { low: -end, high: end, kind: "signed" };
}

/** Rows and columns from a window's first pixel to its middle. */
function middleOf({ height, width }) {
  return [height, width].map((side) => Math.floor((side - 1) / 2));
}

function inside([row, column], { height, width }) {
  return [clamp(row, 0, height - 1), clamp(column, 0, width - 1)];
}

/** The sum of the weights; what is only rounding is 0. */
function sumOf(kernel) {
  const sum = kernel.data.reduce((a, b) => a + b, 0);
  return Math.abs(sum) <= noiseOf(kernel) ? 0 : sum;
}

function written(sum) {
  return Math.abs(sum) < 0.005 ? significant(sum, 2) : shown(sum);
}

function meaning(sum, gray) {
  if (sum === 0) return "The weights add up to 0: a plain area answers 0.";
  if (gray) return "The weights add up to 1: it is drawn as a photograph, 0 is black, 1 is white.";
  return `The weights add up to ${written(sum)}: a plain area of brightness 1 answers ${written(sum)}.`;
}

export default explorer({
  name: "filter",
  title: "Filter explorer: change a weight and watch the response",
  help: [
    "Weights: drag one up or down. Or click it, then turn the wheel over it, type a number, or " +
      "use the keys: Arrow up and Arrow down change it by 0.25, Page up and Page down by 1. With a " +
      "finger, tap it, then drag.",
    "Pictures: point, or use the arrow keys (with Shift 10 pixels). " + holding("place"),
  ],
  traits: ["kernel", "colours"],
  build,
});
