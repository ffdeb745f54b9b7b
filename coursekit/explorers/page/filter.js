// FilterExplorer: a kernel to change by keys, wheel or drag, and the photograph it filters.

import {
  addShiftedInto,
  correlate,
  flipped,
  noiseOf,
  plane,
  planeOf,
  reach,
  sharedScale,
  shown,
  significant,
} from "./kernels.js";
import { heldElsewhere, mapView } from "./maps.js";
import { begin, button, choice, clamp, colourBar, frames, grayOf, node, tablesOf } from "./parts.js";
import { following, remembering, REST } from "./state.js";
import { weightTable } from "./weights.js";

const SIZES = [2, 3, 4, 5, 6, 7];
const ROUNDING = 2 ** -24; // of a number that becomes float32
const BLURRED = 100; // so many times the noise, and the response is computed whole at once

function render({ model, el }) {
  const image = grayOf(model);
  const tables = tablesOf(model);
  const presets = model.get("_presets");
  const remember = remembering(model);
  let kernel = planeOf(model.get("_kernel"));
  let response;
  let [row, column] = model.get("_position");
  let exact = true; // whether the response was computed whole, not by adding shares to it
  let rounded = 0; // how far off the shares may have brought it
  let resting = 0; // timer
  let note = ""; // what is said of the weight that was set last
  let stretched = "seen";

  const { root, controls, stage, say, close } = begin(el, {
    name: "filter",
    title: "Filter explorer: change a weight and watch the response",
    help: [
      "Weights: drag one up or down. Or click it, then turn the wheel over it, type a number, or use the keys: Arrow up " +
        "and Arrow down change it by 0.25, Page up and Page down by 1. With a finger, tap it, then drag.",
      "Pictures: point, or use the arrow keys (with Shift 10 pixels). Click, tap or Enter holds the place; " +
        "once more, or Escape, frees it. A finger moves a held place.",
    ],
  });

  // Pictures

  const photo = mapView({
    label: "Photograph",
    height: image.height,
    width: image.width,
    onpoint: (y, x, hovering) => {
      const [down, right] = middle();
      pointed(photo, y - down, x - right, hovering);
    },
  });
  const out = mapView({
    label: "Response",
    height: image.height,
    width: image.width,
    onpoint: (y, x, hovering) => pointed(out, y, x, hovering),
  });
  const bar = colourBar();
  out.element.append(bar.element);
  const gray = { low: 0, high: 1 };
  photo.paint(image, gray, tables.gray);

  // The table of weights

  const weights = weightTable({ table: tables.signed, onweight: setWeight, onwords: say });
  const panel = node("div", { class: "ck-panel ck-small" }, weights.element);

  function setWeight(at, weight, words) {
    note = words;
    const change = weight - kernel.data[at];
    const largest = reach(kernel);
    addShiftedInto(response, image, change, Math.floor(at / kernel.width), at % kernel.width);
    kernel.data[at] = weight;
    rounded += ROUNDING * Math.max(largest, reach(kernel));
    exact = false;
    changed();
    clearTimeout(resting);
    if (rounded > BLURRED * noiseOf(kernel)) compute();
    else resting = setTimeout(compute, REST);
  }

  /** Compute the response whole: without the rounding of shares that were added and taken away. */
  function compute() {
    clearTimeout(resting);
    response = correlate(image, kernel);
    exact = true;
    rounded = 0;
    draw();
  }

  function setKernel(next) {
    show(next);
    changed();
  }

  function show(next) {
    kernel = next;
    note = "";
    weights.begin(kernel);
    size.set(kernel.height === kernel.width ? kernel.height : "");
    compute();
    move(row, column); // there may be fewer rows and columns
  }

  function changed() {
    remember("_kernel", rowsOf(kernel));
    draw();
  }

  // Controls

  const preset = choice({
    label: "Kernel",
    options: [["", "your own"], ...Object.keys(presets).map((name) => [name, name])],
    value: "",
    onvalue: (name) => name && setKernel(planeOf(presets[name])),
  });
  const size = choice({
    label: "Size",
    options: [["", "other"], ...SIZES.map((side) => [side, `${side} × ${side}`])],
    value: "",
    onvalue: (side) => side && setKernel(resized(kernel, Number(side))),
  });
  const scale = choice({
    label: "Colours reach to",
    options: [
      ["seen", "the largest response seen"],
      ["possible", "the largest one possible"],
    ],
    value: stretched,
    onvalue: (value) => {
      stretched = value;
      draw();
    },
  });
  controls.append(
    preset.element,
    size.element,
    button({
      label: "Flip",
      title: "Turn the kernel by 180 degrees: cross-correlation becomes convolution",
      onclick: () => setKernel(flipped(kernel)),
    }),
    button({
      label: "Normalise",
      title: "Divide by the largest answer possible, so that responses stay between −1 and 1",
      onclick: () => normalise(),
    }),
    button({ label: "All 0", onclick: () => setKernel(plane(kernel.height, kernel.width)) }),
    scale.element,
  );

  function normalise() {
    const largest = reach(kernel);
    if (largest === 0) say("All weights are 0: there is nothing to divide by.");
    else setKernel(plane(kernel.height, kernel.width, kernel.data.map((weight) => weight / largest)));
  }

  // Position and drawing

  /** Rows and columns from a window's first pixel to its middle. */
  function middle() {
    return [kernel.height, kernel.width].map((side) => Math.floor((side - 1) / 2));
  }

  function pointed(view, y, x, hovering) {
    if (heldElsewhere(view, [photo, out], hovering)) return;
    note = "";
    move(y, x);
  }

  function move(y, x) {
    row = clamp(y, 0, response.height - 1);
    column = clamp(x, 0, response.width - 1);
    const [down, right] = middle();
    out.point(row, column);
    photo.point(row + down, column + right);
    remember("_position", [row, column]);
    draw();
  }

  const draw = frames(() => {
    const end = reach(kernel) || 1;
    const seen = sharedScale([response], noiseOf(kernel));
    const signed = stretched === "seen" ? seen : { low: -end, high: end, kind: "signed" };
    out.paint(response, signed, tables[signed.kind]);
    bar.set(signed, tables[signed.kind]);
    photo.box("window", row, column, kernel.height, kernel.width);
    out.box("value", row, column, 1, 1);
    weights.show();
    const sum = sumOf(kernel);
    weights.caption.textContent = `Kernel ${kernel.height} × ${kernel.width}, sum ${written(sum)}`;
    const named = Object.entries(presets).find(([, rows]) => same(planeOf(rows), kernel, noiseOf(kernel)));
    preset.set(named ? named[0] : "");
    out.caption(`Response ${response.height} × ${response.width}`);
    say(
      `Row ${row}, column ${column}: response ${shown(response.data[row * response.width + column], 3)}. ` +
        `${meaning(sum)}${note}`,
    );
    root.dataset.exact = String(exact);
  });

  stage.append(photo.element, panel, out.element);
  show(kernel);

  const stopFollowing = following(model, {
    _kernel: (rows) => !same(planeOf(rows), kernel) && show(planeOf(rows)),
    _position: ([y, x]) => (y !== row || x !== column) && move(y, x),
  });
  return () => {
    stopFollowing();
    clearTimeout(resting);
    draw.cancel();
    remember.now();
    close();
  };
}

/** The sum of the weights; what is only rounding is 0. */
function sumOf(kernel) {
  const sum = kernel.data.reduce((a, b) => a + b, 0);
  return Math.abs(sum) <= noiseOf(kernel) ? 0 : sum;
}

function written(sum) {
  return Math.abs(sum) < 0.005 ? significant(sum, 2) : shown(sum);
}

function meaning(sum) {
  if (sum === 0) return "The weights add up to 0: a plain area answers 0.";
  return `The weights add up to ${written(sum)}: a plain area of brightness 1 answers ${written(sum)}.`;
}

function same(a, b, noise = 0) {
  const equal = (value, at) => Math.abs(value - b.data[at]) <= noise;
  return a.height === b.height && a.width === b.width && a.data.every(equal);
}

function rowsOf(kernel) {
  return Array.from({ length: kernel.height }, (_, i) =>
    Array.from(kernel.data.subarray(i * kernel.width, (i + 1) * kernel.width)),
  );
}

/** The kernel with another number of rows and columns: cut, or filled up with zeros, at its right and lower side. */
function resized(kernel, side) {
  const out = plane(side, side);
  for (let i = 0; i < Math.min(side, kernel.height); i += 1) {
    for (let j = 0; j < Math.min(side, kernel.width); j += 1) {
      out.data[i * side + j] = kernel.data[i * kernel.width + j];
    }
  }
  return out;
}

export default { render };
