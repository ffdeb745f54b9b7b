// What every explorer's page is made of, beside its maps: a frame with a line, tables of numbers, controls.

import { colourInto, colourTable, grayTable, isDark } from "./colours.js";
import { fitting, plane, shown } from "./kernels.js";
import { REST } from "./state.js";

/** Make an element. Attributes named on... are listeners; false and null leave an attribute out. */
export function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Return a function that asks for a drawing; however often it is called, one frame draws once. */
export function frames(draw) {
  let asked = 0;
  const request = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      draw();
    });
  };
  request.cancel = () => cancelAnimationFrame(asked);
  return request;
}

/** Read a trait of bytes as float32 numbers, wherever they begin in their buffer. */
export function floats(bytes) {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Read an array that Python sent: the trait `name` with its numbers and `name_shape` with its shape. */
export function arrayOf(model, name) {
  return { data: floats(model.get(name)), shape: model.get(`${name}_shape`) };
}

/** Read a gray photograph as a plane. */
export function grayOf(model) {
  const { data, shape } = arrayOf(model, "_photograph");
  return plane(shape[0], shape[1], data);
}

/** The colours of coursekit.pictures: { signed, positive, gray }, tables for `colourInto`. */
export function tablesOf(model) {
  const bytes = model.get("_colours");
  const all = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { signed: colourTable(all.subarray(0, 768)), positive: colourTable(all.subarray(768)), gray: grayTable() };
}

/**
 * Begin an explorer: a titled group with a row of controls, a stage for the pictures, a line that says the numbers,
 * and a folded help text. Returns { root, controls, stage, say, close }.
 */
export function begin(el, { name, title, help }) {
  const controls = node("div", { class: "ck-controls" });
  const stage = node("div", { class: "ck-stage" });
  const line = node("p", { class: "ck-line", "data-part": "line" });
  // Seen by screen readers only, and only when the pointer rests: they would read every number otherwise.
  const spoken = node("p", { class: "ck-hidden", role: "status", "aria-live": "polite", "data-part": "spoken" });
  const keys = node("details", { class: "ck-help" }, node("summary", {}, "Keys, pointer, touch"));
  for (const text of help) keys.append(node("p", {}, text));
  const root = node(
    "section",
    { class: "ck-explorer", "data-explorer": name, "aria-label": title },
    node("p", { class: "ck-title" }, title),
    controls,
    stage,
    line,
    spoken,
    keys,
  );
  el.append(root);
  let timer = 0;
  const say = (text) => {
    if (line.textContent === text) return;
    line.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => {
      spoken.textContent = text;
    }, 2 * REST);
  };
  const show = hideStill(el);
  const close = () => {
    clearTimeout(timer);
    root.remove();
    show();
  };
  return { root, controls, stage, say, close };
}

/** Hide the still picture before this explorer, for where no view can be shown; return what shows it again. */
function hideStill(el) {
  let still = null;
  let asked = 0;
  const hide = () => {
    if (!el.isConnected) {
      asked = requestAnimationFrame(hide); // JupyterLab puts the view into the page after it is made
      return;
    }
    const cell = el.closest(".jp-Cell, .cell, .jp-OutputArea") ?? document;
    still = [...cell.querySelectorAll("figure.coursekit-still")].findLast(
      (figure) => el.compareDocumentPosition(figure) & Node.DOCUMENT_POSITION_PRECEDING,
    );
    if (still) still.hidden = true;
  };
  hide();
  return () => {
    cancelAnimationFrame(asked);
    if (still) still.hidden = false;
  };
}

/** Whether a key is pressed with one that gives it to the browser or to Jupyter. */
export function modified(event) {
  return event.altKey || event.ctrlKey || event.metaKey || (event.shiftKey && event.key === "Enter");
}

/** A number no smaller than low and no larger than high. */
export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/**
 * A table of numbers on their colours. Returns { element, set(plane, scale, table, digits), mark(row, column) }.
 */
export function numberGrid({ label, height, width }) {
  const body = node("tbody");
  const caption = node("caption", {}, label);
  const element = node("table", { class: "ck-numbers" }, caption, body);
  let cells = [];
  let inks = []; // the colour of each cell, as one number
  let marked = null;
  const resize = (rows, columns) => {
    body.replaceChildren();
    inks = [];
    cells = Array.from({ length: rows }, () => {
      const row = Array.from({ length: columns }, () => node("td"));
      body.append(node("tr", {}, ...row));
      return row;
    });
    marked = null;
  };
  resize(height, width);
  const set = (values, scale, table, digits = 2) => {
    if (values.height !== cells.length || values.width !== cells[0].length) resize(values.height, values.width);
    const pixels = new Uint32Array(values.data.length);
    colourInto(pixels, values, scale, table);
    const bytes = new Uint8Array(pixels.buffer);
    cells.flat().forEach((cell, at) => {
      const text = fitting(values.data[at], digits);
      if (cell.textContent !== text) {
        cell.textContent = text;
        cell.classList.toggle("ck-long", text.length > 5);
      }
      if (inks[at] === pixels[at]) return;
      inks[at] = pixels[at];
      const colour = [bytes[4 * at], bytes[4 * at + 1], bytes[4 * at + 2]];
      cell.style.background = `rgb(${colour})`;
      cell.style.color = isDark(colour) ? "#fff" : "#000";
    });
  };
  const mark = (row, column) => {
    marked?.classList.remove("ck-mark");
    marked = row === null ? null : (cells[row]?.[column] ?? null);
    marked?.classList.add("ck-mark");
  };
  return { element, caption, set, mark, cell: (row, column) => cells[row][column] };
}

/** A colour bar with its ends and its zero in numbers. Returns { element, set(scale, table) }. */
export function colourBar() {
  const canvas = node("canvas", { width: 256, height: 1, "aria-hidden": "true" });
  const ends = [node("span"), node("span"), node("span")];
  const element = node("div", { class: "ck-bar" }, canvas, node("div", { class: "ck-ends" }, ...ends));
  const context = canvas.getContext("2d");
  const image = context.createImageData(256, 1);
  const pixels = new Uint32Array(image.data.buffer);
  const set = ({ low, high }, table) => {
    pixels.set(table);
    context.putImageData(image, 0, 0);
    [low, (low + high) / 2, high].forEach((value, at) => {
      ends[at].textContent = shown(value);
    });
  };
  return { element, set };
}

let made = 0;

/** Labels tie themselves to controls by ids, which must differ between all explorers on a page. */
function newId() {
  made += 1;
  return `ck-${made}-${Math.random().toString(36).slice(2, 8)}`;
}

/**
 * A slider with its name and value. Returns { element, input, set(value) }; `onvalue(number)` while it moves.
 *
 * The learner moves in steps; `set` takes what lies between two of them, too, and shows it with its own digits.
 */
export function slider({ label, low, high, step, value, digits = 2, onvalue }) {
  const id = newId();
  const output = node("output", { for: id });
  const input = node("input", { type: "range", id, min: low, max: high, step: "any" });
  const clean = (number) => clamp(Number(number.toFixed(6)), low, Number(input.max));
  const onStep = (number) => clean(low + Math.round((number - low) / step) * step);
  const set = (number) => {
    input.value = number;
    output.textContent = Math.abs(onStep(number) - number) < 1e-6 ? shown(number, digits) : shown(clean(number), digits + 1);
  };
  const chosen = (number) => {
    set(number);
    onvalue(number);
  };
  const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 };
  input.addEventListener("keydown", (event) => {
    if (!(event.key in steps) || modified(event)) return;
    event.preventDefault();
    const next = clean(Number(input.value) + steps[event.key] * step);
    if (next !== Number(input.value)) chosen(next);
  });
  input.addEventListener("input", () => chosen(onStep(Number(input.value))));
  keepKeys(input);
  set(value);
  const element = node("div", { class: "ck-control" }, node("label", { for: id }, label), input, output);
  return { element, input, set };
}

/**
 * A list to choose one from. `options` are [value, text]; one without a value stands for what is not in the list, and
 * nobody can choose it. Returns { element, input, set(value) }.
 */
export function choice({ label, options, value, onvalue }) {
  const id = newId();
  const input = node("select", { id });
  for (const [key, text] of options) input.append(node("option", { value: key }, text));
  input.value = value;
  input.addEventListener("change", () => onvalue(input.value));
  keepKeys(input);
  const element = node("div", { class: "ck-control" }, node("label", { for: id }, label), input);
  const set = (key) => {
    input.value = key;
    for (const option of input.options) option.disabled = option.value === "" && key !== "";
  };
  return { element, input, set };
}

/** A list to choose the maps of a layer before or after its ReLU: onvalue("before" or "after"). */
export function aroundRelu(value, onvalue) {
  const options = [
    ["after", "after ReLU"],
    ["before", "before ReLU"],
  ];
  return choice({ label: "Maps", options, value, onvalue });
}

/** A box to tick. Returns { element, input, set(on) }. */
export function toggle({ label, value = false, onvalue }) {
  const id = newId();
  const input = node("input", { type: "checkbox", id });
  input.checked = value;
  input.addEventListener("change", () => onvalue(input.checked));
  keepKeys(input);
  const element = node("div", { class: "ck-control" }, input, node("label", { for: id }, label));
  const set = (on) => {
    input.checked = on;
  };
  return { element, input, set };
}

/** A button. `title` says more than its label. */
export function button({ label, title = null, onclick }) {
  const made = node("button", { type: "button", class: "ck-button", title, onclick }, label);
  keepKeys(made);
  return made;
}

/** Keep a control's keys to itself: JupyterLab would take the arrows and letters for commands. */
export function keepKeys(control) {
  control.addEventListener("keydown", (event) => {
    const forJupyter = (event.ctrlKey || event.metaKey || event.shiftKey) && event.key === "Enter";
    if (!forJupyter) event.stopPropagation();
  });
}
