// FilterExplorer: a kernel to change by keys, wheel or drag, and the photograph it filters.

import {
  addShiftedInto,
  correlate,
  flipped,
  isDark,
  plane,
  planeOf,
  reach,
  sharedScale,
  shown,
} from "./kernels.js";
import {
  begin,
  button,
  choice,
  clamp,
  colourBar,
  frames,
  grayOf,
  keepKeys,
  mapView,
  node,
  tablesOf,
} from "./parts.js";
import { following, remembering } from "./state.js";

const SIZES = [2, 3, 4, 5, 6, 7];
const STEP = 0.25;
const MOST = 20; // weights from -20 to 20
const PIXELS_A_STEP = 6; // of a drag

function render({ model, el }) {
  const image = grayOf(model);
  const tables = tablesOf(model);
  const presets = model.get("_presets");
  const remember = remembering(model);
  let kernel = planeOf(model.get("_kernel"));
  let response = correlate(image, kernel);
  let [row, column] = model.get("_position");
  let exact = true; // whether the response was computed whole, not by adding shares to it
  let stretched = "seen";

  const { root, controls, stage, say, close } = begin(el, {
    name: "filter",
    title: "Filter explorer: change a weight and watch the response",
    help: [
      "Weights: drag one up or down, turn the wheel over it, or type a number. Arrow up and down change it by 0.25, " +
        "Page up and Page down by 1.",
      "Pictures: point, or use the arrow keys (with Shift 10 pixels). Click, tap or Enter holds the place, " +
        "Escape frees it.",
    ],
  });

  // Pictures

  const photo = mapView({
    label: "Photograph",
    height: image.height,
    width: image.width,
    onpoint: (y, x) => move(y - Math.floor((kernel.height - 1) / 2), x - Math.floor((kernel.width - 1) / 2), photo),
  });
  const out = mapView({
    label: "Response",
    height: response.height,
    width: response.width,
    onpoint: (y, x) => move(y, x, out),
  });
  const bar = colourBar();
  out.element.append(bar.element);
  const gray = { low: 0, high: 1 };
  photo.paint(image, gray, tables.gray);

  // The table of weights

  const caption = node("caption");
  const body = node("tbody");
  const table = node("table", { class: "ck-numbers ck-weights" }, caption, body);
  const panel = node("div", { class: "ck-panel ck-small" }, table);
  let inputs = [];

  function fillTable() {
    body.replaceChildren();
    inputs = [];
    for (let i = 0; i < kernel.height; i += 1) {
      const cells = node("tr");
      for (let j = 0; j < kernel.width; j += 1) {
        const input = weightInput(i, j);
        inputs.push(input);
        cells.append(node("td", {}, input));
      }
      body.append(cells);
    }
    size.set(kernel.height === kernel.width ? kernel.height : "");
  }

  function weightInput(i, j) {
    const at = i * kernel.width + j;
    const input = node("input", {
      type: "text",
      inputmode: "decimal",
      role: "spinbutton",
      class: "ck-weight",
      autocomplete: "off",
      "aria-label": `weight in row ${i + 1}, column ${j + 1}`,
      "aria-valuemin": -MOST,
      "aria-valuemax": MOST,
    });
    const steps = { ArrowUp: STEP, ArrowDown: -STEP, PageUp: 1, PageDown: -1 };
    input.addEventListener("keydown", (event) => {
      const step = steps[event.key];
      if (step) {
        event.preventDefault();
        setWeight(at, kernel.data[at] + step);
      } else if (event.key === "Enter") {
        readTyped(input, at);
      } else if (event.key === "Escape") {
        showWeight(at);
      }
    });
    keepKeys(input);
    input.addEventListener("change", () => readTyped(input, at));
    input.addEventListener("focus", () => input.select());
    input.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault(); // the page would scroll away from under the pointer
        setWeight(at, kernel.data[at] - Math.sign(event.deltaY) * STEP);
      },
      { passive: false },
    );
    dragged(input, at);
    return input;
  }

  function dragged(input, at) {
    let from = null;
    input.addEventListener("pointerdown", (event) => {
      from = { y: event.clientY, weight: kernel.data[at], moved: false };
      input.setPointerCapture(event.pointerId);
    });
    input.addEventListener("pointermove", (event) => {
      if (!from) return;
      const steps = Math.round((from.y - event.clientY) / PIXELS_A_STEP);
      if (steps !== 0) from.moved = true;
      if (from.moved) setWeight(at, from.weight + steps * STEP);
    });
    // The text in it is selected by the focus; the browser would drag that away in place of the weight.
    input.addEventListener("dragstart", (event) => event.preventDefault());
    for (const name of ["pointerup", "pointercancel"]) {
      input.addEventListener(name, () => {
        from = null;
      });
    }
  }

  function readTyped(input, at) {
    // People type what they read here, and a comma in half of the world.
    const typed = Number(input.value.trim().replace("\u2212", "-").replace(",", "."));
    if (input.value.trim() === "" || Number.isNaN(typed)) {
      say(`"${input.value}" is not a number, so the weight stays ${shown(kernel.data[at])}.`);
      showWeight(at);
    } else {
      setWeight(at, typed);
    }
  }

  function setWeight(at, wanted) {
    const weight = Math.fround(clamp(wanted, -MOST, MOST));
    const i = Math.floor(at / kernel.width);
    addShiftedInto(response, image, weight - kernel.data[at], i, at % kernel.width);
    exact = false;
    kernel.data[at] = weight;
    changed();
  }

  function setKernel(next) {
    const sameShape = next.height === kernel.height && next.width === kernel.width;
    kernel = next;
    response = correlate(image, kernel);
    exact = true;
    if (!sameShape) fillTable();
    changed();
  }

  function changed() {
    remember("_kernel", rowsOf(kernel));
    draw();
  }

  function showWeight(at) {
    const input = inputs[at];
    const weight = kernel.data[at];
    const text = shown(weight);
    if (input.value !== text) input.value = text;
    input.setAttribute("aria-valuenow", String(weight));
    const end = Math.max(...kernel.data.map(Math.abs)) || 1;
    const step = clamp(Math.floor(128 + (128 * weight) / end), 0, 255);
    const [red, green, blue] = new Uint8Array(tables.signed.buffer, 4 * step, 3);
    input.style.background = `rgb(${red}, ${green}, ${blue})`;
    input.style.color = isDark([red, green, blue]) ? "#fff" : "#000";
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

  function move(y, x, from) {
    row = clamp(y, 0, response.height - 1);
    column = clamp(x, 0, response.width - 1);
    out.point(row, column);
    if (from !== photo) photo.point(row + Math.floor((kernel.height - 1) / 2), column + Math.floor((kernel.width - 1) / 2));
    remember("_position", [row, column]);
    draw();
  }

  const draw = frames(() => {
    row = clamp(row, 0, response.height - 1);
    column = clamp(column, 0, response.width - 1);
    const end = reach(kernel) || 1;
    const seen = sharedScale([response]);
    const signed = stretched === "seen" ? seen : { low: -end, high: end, kind: "signed" };
    out.paint(response, signed, tables[signed.kind]);
    bar.set(signed, tables[signed.kind]);
    photo.box("window", row, column, kernel.height, kernel.width);
    out.box("value", row, column, 1, 1);
    inputs.forEach((_, at) => showWeight(at));
    const sum = kernel.data.reduce((a, b) => a + b, 0);
    caption.textContent = `Kernel ${kernel.height} × ${kernel.width}, sum ${shown(sum)}`;
    const named = Object.entries(presets).find(([, rows]) => same(planeOf(rows), kernel));
    preset.set(named ? named[0] : "");
    out.caption(`Response ${response.height} × ${response.width}`);
    say(
      `Row ${row}, column ${column}: response ${shown(response.data[row * response.width + column], 3)}. ` +
        `${meaning(sum, end)}`,
    );
    root.dataset.exact = String(exact);
  });

  stage.append(photo.element, panel, out.element);
  fillTable();
  move(row, column, out);

  const follow = () => {
    const rows = model.get("_kernel");
    if (!same(planeOf(rows), kernel)) setKernel(planeOf(rows));
  };
  const stopFollowing = following(model, { _kernel: follow });
  return () => {
    stopFollowing();
    draw.cancel();
    remember.now();
    close();
  };
}

function meaning(sum, end) {
  if (Math.abs(sum) < 1e-3 * end) return "The weights add up to 0: a plain area answers 0.";
  return `The weights add up to ${shown(sum)}: a plain area of brightness 1 answers ${shown(sum)}.`;
}

function same(a, b) {
  return a.height === b.height && a.width === b.width && a.data.every((value, at) => value === b.data[at]);
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
