// What the pages are made of: elements, tables of numbers on their colours, colour bars.

import { colourOf, isDark } from "./colours.js";
import { fitting, shown } from "./kernels.js";

/** Make an element. Attributes named on... are listeners; false and null leave an attribute out. */
export function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined)
      made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Whether a key is pressed with one that gives it to the browser or to Jupyter. */
export function modified(event) {
  return (
    event.altKey || event.ctrlKey || event.metaKey || (event.shiftKey && event.key === "Enter")
  );
}

/** A number no smaller than low and no larger than high. */
export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/**
 * Numbers on their colours: { element, caption, set(plane, scale, table, digits), mark, cell }. With
 * `fill(height, width, cell)` a cell shows any { text, colour } of its row and column.
 */
export function numberGrid(label) {
  const body = node("tbody");
  const caption = node("caption", {}, label);
  const element = node("table", { class: "ck-numbers" }, caption, body);
  /** @type {HTMLTableCellElement[][]} */
  let cells = [[]];
  let inks = []; // the colour of each cell
  let marked = body; // the cell, or what is none
  const resize = (rows, columns) => {
    body.replaceChildren();
    inks = [];
    cells = Array.from({ length: rows }, () => {
      const row = Array.from({ length: columns }, () => node("td"));
      body.append(node("tr", {}, ...row));
      return row;
    });
  };
  const fill = (height, width, shows) => {
    if (height !== cells.length || width !== cells[0].length) resize(height, width);
    cells.flat().forEach((cell, at) => {
      const { text, colour } = shows(Math.floor(at / width), at % width);
      if (cell.textContent !== text) {
        cell.textContent = text;
        cell.classList.toggle("ck-long", text.length > 5);
      }
      if (inks[at] === String(colour)) return;
      inks[at] = String(colour);
      cell.style.background = `rgb(${colour})`;
      cell.style.color = isDark(colour) ? "#fff" : "#000";
    });
  };
  const set = ({ data, height, width }, scale, table, digits = 2) =>
    fill(height, width, (row, column) => {
      const value = data[row * width + column];
      return { text: fitting(value, digits), colour: colourOf(value, scale, table) };
    });
  const mark = (row, column) => {
    marked.classList.remove("ck-mark");
    if (row === null) return;
    marked = cells[row][column];
    marked.classList.add("ck-mark");
  };
  return { element, caption, fill, set, mark, cell: (row, column) => cells[row][column] };
}

/** Tables that make a sum: each step behind its sign, as in ["=", products]. */
export function workedOut(...steps) {
  const signed = (sign) => sign && node("span", { class: "ck-sign", "aria-hidden": "true" }, sign);
  const step = ([sign, table]) => node("div", { class: "ck-step" }, signed(sign), table);
  return node("div", { class: "ck-work", "data-part": "work" }, ...steps.map(step));
}

/** The numbers at the ends and in the middle of an axis. Returns { element, set(low, high, beyond) }. */
export function axis() {
  const ends = [node("span"), node("span"), node("span")];
  const set = (low, high, beyond = 0) => {
    [low, (low + high) / 2, high].forEach((value, at) => {
      ends[at].textContent = shown(value);
    });
    if (beyond) ends[2].append(` ▸ ${low < 0 ? "±" : ""}${shown(beyond)}`); // a few values go so far
  };
  return { element: node("div", { class: "ck-ends" }, ...ends), set };
}

/** A colour bar with its ends and its zero in numbers. Returns { element, set(scale, table) }. */
export function colourBar() {
  const canvas = node("canvas", { width: 256, height: 1, "aria-hidden": "true" });
  const ends = axis();
  const element = node("div", { class: "ck-bar" }, canvas, ends.element);
  const context = canvas.getContext("2d");
  const image = context.createImageData(256, 1);
  const pixels = new Uint32Array(image.data.buffer);
  const set = ({ low, high, beyond = 0 }, table) => {
    pixels.set(table);
    context.putImageData(image, 0, 0);
    ends.set(low, high, beyond);
  };
  return { element, set };
}

/** Make an element of a drawing, which stays sharp at every size. */
export function svg(tag, attributes, ...children) {
  const page = document.createElement("template");
  page.innerHTML = `<svg><${tag}></${tag}></svg>`; // the parser knows the namespace
  const made = /** @type {SVGElement} */ (page.content.querySelector(`svg > ${tag}`));
  give(made, attributes);
  made.append(...children);
  return made;
}

/** Set attributes of an element. */
export function give(part, attributes) {
  for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
}

let ids = 0;

/** An id that no other element of a page has, whichever explorers are on it. */
export function newId() {
  ids += 1;
  return `ck-${ids}-${Math.random().toString(36).slice(2, 8)}`;
}

/** What `make` gives, kept until `key` gives something else. */
export function kept(key, make) {
  let last = "";
  let made;
  return () => {
    const now = JSON.stringify(key());
    if (now !== last) made = make();
    last = now;
    return made;
  };
}

/** Call `work` only with other arguments than the last time. */
export function whenNew(work) {
  let last = "";
  return (...given) => {
    const now = JSON.stringify(given);
    if (now !== last) work(...given);
    last = now;
  };
}
