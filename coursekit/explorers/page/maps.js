// Maps: pictures of planes and photographs that answer to pointer, keys and touch.

import { colourInto, photographInto } from "./colours.js";
import { clamp, modified, node } from "./elements.js";

/**
 * A picture of a plane or photograph that can be pointed at.
 *
 * `onpoint(row, column, hovering)` is called while the pointer or the arrow keys move; `hovering` says that
 * a pointer with no button pressed did it. A click, a tap or Enter holds the position: `state.held` is then
 * the map's label, and a pointer that only passes by moves nothing on any map. Escape, another click or tap
 * frees it, and so does a move on another map. A finger scrolls the page, but moves the position of the map
 * that holds it.
 *
 * Returns { element, frame, canvas, paint(plane, scale, table), photograph(data, order), point(row, column),
 * box(name, row, column, height, width, kind), caption(text), keysStep }; an arrow key moves by `keysStep`.
 * @param {{ label: string, height?: number, width?: number, onpoint?: Function }} options
 * @param {import("./bind.js").State} state
 */
export function mapView({ label, height = 1, width = 1, onpoint }, state, tie) {
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
  const view = { element, frame, canvas, label, row: 0, column: 0, height, width, keysStep: 1 };

  const resize = (rows, columns) => {
    [view.height, view.width, canvas.height, canvas.width] = [rows, columns, rows, columns];
    element.style.setProperty("--ck-ratio", columns / rows);
    image = context.createImageData(columns, rows);
    pixels = new Uint32Array(image.data.buffer);
    view.row = Math.min(view.row, rows - 1);
    view.column = Math.min(view.column, columns - 1);
  };
  view.paint = (map, scale, table) => {
    if (map.height !== view.height || map.width !== view.width) resize(map.height, map.width);
    colourInto(pixels, map, scale, table);
    context.putImageData(image, 0, 0);
  };
  view.photograph = (data, order) => {
    photographInto(pixels, data, order);
    context.putImageData(image, 0, 0);
  };
  view.caption = (text) => {
    if (caption.textContent !== text) caption.textContent = text; // the page would be laid out again
  };
  /** Frame some pixels. `kind` is a class for the style, such as "winner"; a null row takes it away. */
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
  resize(height, width);
  if (onpoint) {
    tie("held", { set: (held) => frame.classList.toggle("ck-pinned", held === label) });
    listen(view, state, onpoint);
  }
  return view;
}

function listen(view, state, onpoint) {
  const { frame, label } = view;
  const holds = () => state.held === label;
  const hold = (on) => {
    if (on) state.held = label;
    else if (holds()) state.held = "";
  };
  const go = (row, column, hovering = false) => {
    if (state.held !== "" && !holds()) {
      if (hovering) return;
      state.held = "";
    }
    view.point(row, column);
    onpoint(view.row, view.column, hovering);
  };
  const place = (event) => {
    const area = frame.getBoundingClientRect();
    return [
      Math.floor(((event.clientY - area.top) / area.height) * view.height),
      Math.floor(((event.clientX - area.left) / area.width) * view.width),
    ];
  };
  listenToPointers(frame, { place, go, holds, hold });
  listenToKeys(view, { go, holds, hold });
}

function listenToPointers(frame, { place, go, holds, hold }) {
  /** @type {{ x: number, y: number, moved: boolean } | undefined} */
  let down; // the press that has not ended: where it began, and whether it became a drag
  const end = () => {
    down = undefined;
  };
  frame.addEventListener("pointermove", (event) => {
    if (!event.isPrimary) return;
    if (event.buttons === 0) end(); // it ended where nobody told
    if (down && Math.hypot(event.clientX - down.x, event.clientY - down.y) > 6) down.moved = true;
    const follows = holds() ? down?.moved : event.pointerType !== "touch"; // a finger scrolls the page
    if (follows) go(...place(event), !down);
  });
  frame.addEventListener("pointerdown", (event) => {
    end();
    if (!event.isPrimary || event.button !== 0) return; // a second finger, another button
    down = { x: event.clientX, y: event.clientY, moved: false };
    frame.setPointerCapture(event.pointerId); // it may end beyond the map
    if (!holds() && event.pointerType !== "touch") go(...place(event));
  });
  frame.addEventListener("pointerup", (event) => {
    if (down && !down.moved) {
      hold(!holds());
      go(...place(event));
    }
    end();
  });
  for (const name of ["pointercancel", "lostpointercapture"]) frame.addEventListener(name, end);
}

/** Arrow keys, Home and End of a grid from which one is chosen: `grid()` tells { count, columns, current }. */
export function gridKeys(element, grid, choose) {
  element.addEventListener("keydown", (event) => {
    if (modified(event)) return;
    const { count, columns, current } = grid();
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const next = { Home: 0, End: count - 1 }[event.key] ?? current + steps[event.key];
    if (Number.isNaN(next)) return;
    if (next >= 0 && next < count) choose(next);
    event.preventDefault();
  });
}

const ARROWS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
};

function listenToKeys(view, { go, holds, hold }) {
  view.frame.addEventListener("keydown", (event) => {
    if (modified(event)) return;
    const step = ARROWS[event.key];
    if (step) {
      const far = (event.shiftKey ? 10 : 1) * view.keysStep;
      go(view.row + step[0] * far, view.column + step[1] * far);
    } else if (event.key === "Home") go(view.row, 0);
    else if (event.key === "End") go(view.row, view.width - 1);
    else if (event.key === "Enter") hold(!holds());
    else if (event.key === "Escape") hold(false);
    else return;
    event.preventDefault();
  });
}
