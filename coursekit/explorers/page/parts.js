// What every explorer's page is made of: maps that answer to pointer, keys and touch, tables of numbers, controls.

import { colourInto, colourTable, grayTable, isDark, photographInto, plane, shown } from "./kernels.js";
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

/**
 * A picture of a plane or photograph that can be pointed at.
 *
 * `onpoint(row, column, hovering)` is called while the pointer, a finger or the arrow keys move; `hovering` says that
 * a pointer with no button pressed did it, so that a map may stay where another one is pinned. A click or Enter pins
 * the position, and Escape or another click frees it. Touch scrolls the page until the map has the focus.
 *
 * Returns { element, paint(plane, scale, table), photograph(data, order), resize(height, width), point(row, column),
 * box(name, row, column, height, width), caption(text), pinned, pin(on) }.
 */
export function mapView({ label, height, width, onpoint = null, keysStep = 1 }) {
  const canvas = node("canvas", { width, height });
  const frame = node("div", {
    class: onpoint ? "ck-map ck-live" : "ck-map",
    role: onpoint ? "application" : "img",
    "aria-label": label,
    "aria-roledescription": onpoint ? "map to point at" : null,
    tabindex: onpoint ? 0 : null,
  });
  frame.append(canvas);
  const caption = node("p", { class: "ck-caption" }, label);
  const element = node("div", { class: "ck-panel" }, caption, frame);
  const context = canvas.getContext("2d");
  const boxes = new Map();
  let image;
  let pixels;
  const view = { element, frame, canvas, pinned: false, row: 0, column: 0, height, width };

  view.resize = (rows, columns) => {
    [view.height, view.width, canvas.height, canvas.width] = [rows, columns, rows, columns];
    frame.style.setProperty("--ck-ratio", columns / rows);
    image = context.createImageData(columns, rows);
    pixels = new Uint32Array(image.data.buffer);
    view.row = Math.min(view.row, rows - 1);
    view.column = Math.min(view.column, columns - 1);
  };
  view.paint = (map, scale, table) => {
    if (map.height !== view.height || map.width !== view.width) view.resize(map.height, map.width);
    colourInto(pixels, map, scale, table);
    context.putImageData(image, 0, 0);
  };
  view.photograph = (data, order) => {
    photographInto(pixels, data, order);
    context.putImageData(image, 0, 0);
  };
  view.caption = (text) => {
    caption.textContent = text;
  };
  /** Frame some pixels. `kind` is a class for the style: "field", "winner", "pad"; null takes the frame away. */
  view.box = (name, row, column, rows, columns, kind = "field") => {
    let box = boxes.get(name);
    if (row === null) {
      if (box) box.hidden = true;
      return;
    }
    if (!box) {
      box = node("div", { "data-box": name });
      boxes.set(name, box);
      frame.append(box);
    }
    box.hidden = false;
    box.className = `ck-box ck-${kind}`;
    box.style.left = `${(100 * column) / view.width}%`;
    box.style.top = `${(100 * row) / view.height}%`;
    box.style.width = `${(100 * columns) / view.width}%`;
    box.style.height = `${(100 * rows) / view.height}%`;
  };
  /** Move to a position without calling `onpoint`. */
  view.point = (row, column) => {
    view.row = clamp(row, 0, view.height - 1);
    view.column = clamp(column, 0, view.width - 1);
  };
  view.resize(height, width);
  if (onpoint) listen(view, frame, onpoint, keysStep);
  return view;
}

function listen(view, frame, onpoint, keysStep) {
  const go = (row, column, hovering = false) => {
    view.point(row, column);
    onpoint(view.row, view.column, hovering);
  };
  const pin = (pinned) => {
    view.pinned = pinned;
    frame.classList.toggle("ck-pinned", pinned);
  };
  view.pin = pin;
  const place = (event) => {
    const area = frame.getBoundingClientRect();
    return [
      Math.floor(((event.clientY - area.top) / area.height) * view.height),
      Math.floor(((event.clientX - area.left) / area.width) * view.width),
    ];
  };
  let down = null;
  frame.addEventListener("pointermove", (event) => {
    if (!view.pinned || down?.moved) go(...place(event), !down);
    if (down && Math.hypot(event.clientX - down.x, event.clientY - down.y) > 6) down.moved = true;
  });
  frame.addEventListener("pointerdown", (event) => {
    down = { x: event.clientX, y: event.clientY, moved: false };
    if (event.pointerType !== "mouse") pin(false); // a finger has no way to hover
    if (!view.pinned) go(...place(event));
  });
  frame.addEventListener("pointerup", (event) => {
    if (down && !down.moved) {
      if (event.pointerType === "mouse") pin(!view.pinned);
      go(...place(event));
    }
    down = null;
  });
  frame.addEventListener("pointercancel", () => {
    down = null;
  });
  const steps = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    PageUp: [-10, 0],
    PageDown: [10, 0],
  };
  frame.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (step) {
      const far = (event.shiftKey ? 10 : 1) * keysStep;
      go(view.row + step[0] * far, view.column + step[1] * far);
    } else if (event.key === "Home") go(view.row, 0);
    else if (event.key === "End") go(view.row, view.width - 1);
    else if (event.key === "Enter") pin(!view.pinned);
    else if (event.key === "Escape") pin(false);
    else return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab would move to the next cell
  });
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
  let marked = null;
  const resize = (rows, columns) => {
    body.replaceChildren();
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
      const text = shown(values.data[at], digits);
      if (cell.textContent !== text) cell.textContent = text;
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

/** A slider with its name and value. Returns { element, input, set(value) }; `onvalue(number)` while it moves. */
export function slider({ label, low, high, step, value, digits = 2, onvalue }) {
  const id = newId();
  const output = node("output", { for: id }, shown(value, digits));
  const input = node("input", { type: "range", id, min: low, max: high, step, value });
  input.addEventListener("input", () => {
    output.textContent = shown(Number(input.value), digits);
    onvalue(Number(input.value));
  });
  keepKeys(input);
  const element = node("div", { class: "ck-control" }, node("label", { for: id }, label), input, output);
  const set = (number) => {
    input.value = number;
    output.textContent = shown(Number(input.value), digits);
  };
  return { element, input, set };
}

/** A list to choose one from. `options` are [value, text]. Returns { element, input, set(value) }. */
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
  };
  return { element, input, set };
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
