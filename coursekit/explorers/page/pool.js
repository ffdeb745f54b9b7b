// PoolExplorer: the window of an output and who wins in it, what is dropped, and what a shift changes.

import {
  changes,
  correlate,
  crop,
  extremes,
  patch,
  planeOf,
  pool,
  poolWindow,
  readers,
  relu,
  sharedScale,
  shown,
} from "./kernels.js";
import { heldElsewhere, mapView } from "./maps.js";
import { hatchBeyond, markInto, places, sentenceOf, spoken, unreadOverlay } from "./marks.js";
import {
  begin,
  choice,
  clamp,
  colourBar,
  frames,
  grayOf,
  node,
  numberGrid,
  slider,
  tablesOf,
  toggle,
} from "./parts.js";
import { following, remembering } from "./state.js";

const MOST_SHIFT = 3;
const NOISE = 1e-5; // of the largest value, as in Python
const KINDS = { max: "max pooling", avg: "average pooling" };
const TRAITS = ["_source", "_kind", "_size", "_stride", "_ceil", "_shift"];

function render({ model, el }) {
  const photo = grayOf(model);
  const mapOf = (rows) => relu(correlate(photo, planeOf(rows)));
  const wholes = { photograph: photo, map: mapOf(model.get("_kernel")) };
  const tables = tablesOf(model);
  const remember = remembering(model);
  const state = {};
  for (const name of TRAITS) state[name] = model.get(name);
  let pointed = model.get("_pointed");
  let [row, column] = model.get("_position"); // on the picture that was pointed at
  let now = null; // what the settings give: { input, output, winners, options, ... }
  let computed = "";

  const { root, controls, stage, say, close } = begin(el, {
    name: "pool",
    title: "Pooling explorer: point at an output to see its window",
    help: [
      "Output: point, or use the arrow keys, to light a window of the input. Input: point to see which outputs read " +
        "that value. Click, tap or Enter holds the place; once more, or Escape, frees it. A finger moves a held place.",
      "Shift: the input is a piece of a larger map, and the shift lets it begin up to 3 rows or columns later. " +
        "A dot marks each output that is not what it was without the shift. Hatched values are read by no window.",
      "Ceil mode: a last window that hangs over the edge is kept. It reads only the values that are there.",
    ],
  });

  const viewOf = (label, which) =>
    mapView({ label, height: 1, width: 1, onpoint: (y, x, hovering) => move(which, y, x, hovering) });
  const views = { input: viewOf("Input", "input"), output: viewOf("Output", "output") };
  const bars = { input: colourBar(), output: colourBar() };
  for (const [name, view] of Object.entries(views)) view.element.append(bars[name].element);
  const unread = unreadOverlay();
  views.input.frame.append(unread.element);
  const dots = node("canvas", { class: "ck-dots", "aria-hidden": "true" });
  views.output.frame.append(dots);
  const grid = numberGrid({ label: "Window", height: 2, width: 2 });
  const note = node("p", { class: "ck-note" });
  const windowPanel = node("div", { class: "ck-panel ck-small ck-window" }, grid.element, note);
  stage.append(views.input.element, views.output.element, windowPanel);

  // Controls

  const set = (name, value) => {
    state[name] = value;
    remember(name, value);
    draw();
  };
  const upTo6 = [1, 2, 3, 4, 5, 6];
  const shiftOf = (label, at) =>
    slider({
      label,
      low: 0,
      high: MOST_SHIFT,
      step: 1,
      value: state._shift[at],
      digits: 0,
      onvalue: (value) => set("_shift", at === 0 ? [value, state._shift[1]] : [state._shift[0], value]),
    });
  const parts = {
    _source: choice({
      label: "Pool",
      options: [
        ["map", "the feature map"],
        ["photograph", "the photograph"],
      ],
      value: state._source,
      onvalue: (value) => set("_source", value),
    }),
    _kind: choice({
      label: "Keep",
      options: [
        ["max", "the largest"],
        ["avg", "the average"],
      ],
      value: state._kind,
      onvalue: (value) => set("_kind", value),
    }),
    _size: choice({
      label: "Window",
      options: upTo6.slice(1).map((side) => [side, `${side} × ${side}`]),
      value: state._size,
      onvalue: (value) => set("_size", Number(value)),
    }),
    _stride: choice({
      label: "Stride",
      options: [[0, "as the window"], ...upTo6.map((side) => [side, side])],
      value: state._stride,
      onvalue: (value) => set("_stride", Number(value)),
    }),
    _ceil: toggle({ label: "Ceil mode", value: state._ceil, onvalue: (on) => set("_ceil", on) }),
  };
  const shifts = [shiftOf("Shift down", 0), shiftOf("Shift right", 1)];
  controls.append(...Object.values(parts).map((part) => part.element), shifts[1].element, shifts[0].element);

  function move(which, y, x, hovering) {
    if (heldElsewhere(views[which], Object.values(views), hovering)) return;
    pointed = which;
    [row, column] = [y, x];
    remember("_pointed", pointed);
    remember("_position", [row, column]);
    draw();
  }

  /** The place inside the picture that is pointed at, which may have become smaller. */
  function stayInside() {
    const inside = [clamp(row, 0, now[pointed].height - 1), clamp(column, 0, now[pointed].width - 1)];
    if (String(inside) === String([row, column])) return;
    [row, column] = inside;
    remember("_position", inside);
  }

  // What the settings give

  function compute() {
    const whole = wholes[state._source];
    const [down, right] = state._shift;
    const height = Math.max(0, whole.height - MOST_SHIFT);
    const width = Math.max(0, whole.width - MOST_SHIFT);
    const input = crop(whole, down, right, height, width);
    const rest = crop(whole, 0, 0, height, width);
    const stride = state._stride || state._size;
    const options = { stride, ceil: state._ceil };
    const scale = state._source === "map" ? sharedScale([whole]) : { low: 0, high: 1 };
    now = { input, options, scale, stride, table: state._source === "map" ? tables.positive : tables.gray };
    views.input.paint(input, scale, now.table);
    bars.input.set(scale, now.table);
    let pooled;
    try {
      pooled = pool(input, state._kind, state._size, options);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      now.output = null;
    }
    views.output.element.hidden = !pooled;
    if (!pooled) {
      unread.set(input, [], []);
      views.input.caption(`Input ${height} × ${width}`);
      return;
    }
    now.output = pooled.plane;
    now.winners = pooled.winners;
    views.output.paint(now.output, scale, now.table);
    bars.output.set(scale, now.table);
    const left = places(input, now.output, state._size, stride);
    unread.set(input, left.rows, left.columns);
    views.input.caption(`Input ${height} × ${width}${left.words}`);
    const size = `${now.output.height} × ${now.output.width}`;
    const shifted = down > 0 || right > 0;
    const noise = NOISE * extremes(whole)[1];
    const still = shifted ? pool(rest, state._kind, state._size, options).plane : now.output;
    const outputs = changes(now.output, still, noise);
    const inputs = changes(input, rest, noise);
    markInto(dots, now.output, outputs.data);
    views.output.caption(`After ${KINDS[state._kind]} ${size}${shifted ? `: ${outputs.count} dots` : ""}`);
    now.sentence = shifted ? sentenceOf(outputs, inputs, state, stride) : "";
    windowPanel.style.setProperty("--ck-cells", state._size);
  }

  function show() {
    const wanted = JSON.stringify(state);
    if (wanted !== computed) compute();
    computed = wanted;
    windowPanel.hidden = !now.output;
    if (!now.output) {
      for (const name of ["window", "pixel", "winner"]) views.input.box(name, null);
      const { height, width } = now.input;
      const side = state._size;
      say(
        `A window of ${side} × ${side} does not fit into ${height} × ${width} values, so there is no output. ` +
          "Choose a smaller window.",
      );
      return;
    }
    stayInside();
    const words = pointed === "output" ? showOutput() : showInput();
    say(`${words} ${now.sentence}`.trim());
    root.dataset.pointed = pointed;
  }

  function showOutput() {
    views.input.box("pixel", null);
    views.output.box("place", row, column, 1, 1);
    views.input.point(row * now.stride, column * now.stride);
    return `Output row ${row}, column ${column}: ${showWindow(row, column)}`;
  }

  /** Frame the window of one output, write its numbers, and say what comes of them. */
  function showWindow(y, x) {
    const { input, output, winners, options, scale, table, stride } = now;
    const window = poolWindow(input, y, x, state._size, options);
    const rows = window.bottom - window.top;
    const columns = window.right - window.left;
    const value = shown(output.data[y * output.width + x], 3);
    views.input.box("window", window.top, window.left, rows, columns);
    grid.element.hidden = false;
    grid.set(patch(input, y * stride, x * stride, state._size, state._size), scale, table);
    hatchBeyond(grid, state._size, rows, columns);
    const from = `${spoken("row", window.top, window.bottom)}, ${spoken("column", window.left, window.right)}`;
    const hangs = rows < state._size || columns < state._size ? "; the window hangs over the edge" : "";
    if (winners === null) {
      views.input.box("winner", null);
      grid.mark(null);
      note.textContent = `Mean: ${value}`;
      return `the mean of ${rows * columns} values is ${value} (${from}${hangs}).`;
    }
    const winner = winners[y * output.width + x];
    const [down, across] = [Math.floor(winner / input.width), winner % input.width];
    views.input.box("winner", down, across, 1, 1, "winner");
    grid.mark(down - window.top, across - window.left);
    note.textContent = `Largest: ${value}`;
    return `the largest of ${rows * columns} values is ${value} (${from}${hangs}).`;
  }

  function showInput() {
    const { input, output, winners, stride } = now;
    const [top, bottom] = readers(row, output.height, state._size, stride);
    const [left, right] = readers(column, output.width, state._size, stride);
    const value = shown(input.data[row * input.width + column], 3);
    const place = `Input row ${row}, column ${column}, value ${value}:`;
    views.input.box("pixel", row, column, 1, 1, "seen");
    if (bottom < top || right < left) {
      views.output.box("place", null);
      for (const name of ["window", "winner"]) views.input.box(name, null);
      grid.element.hidden = true;
      note.textContent = "No window reads this value.";
      return `${place} no window reads it, so it is lost.`;
    }
    views.output.point(top, left);
    views.output.box("place", top, left, bottom - top + 1, right - left + 1);
    showWindow(top, left);
    const count = (bottom - top + 1) * (right - left + 1);
    if (count > 1) note.textContent += ` (the first of ${count})`;
    let wins = 0;
    for (let y = top; winners && y <= bottom; y += 1) {
      for (let x = left; x <= right; x += 1) wins += winners[y * output.width + x] === row * input.width + column;
    }
    const outputs = count === 1 ? `output row ${top}, column ${left}` : `${count} outputs`;
    return `${place} it belongs to ${outputs}${winners ? `, and wins in ${wins}` : ""}.`;
  }

  const draw = frames(show);
  compute();
  views[pointed].point(row, column);
  draw();

  const follow = () => {
    for (const name of TRAITS) {
      const value = model.get(name);
      if (JSON.stringify(value) === JSON.stringify(state[name])) continue;
      state[name] = value;
      if (name === "_shift") shifts.forEach((part, at) => part.set(value[at]));
      else parts[name].set(value);
      draw();
    }
  };
  const stopFollowing = following(model, {
    ...Object.fromEntries(TRAITS.map((name) => [name, follow])),
    _kernel: (rows) => {
      wholes.map = mapOf(rows);
      computed = "";
      draw();
    },
    _pointed: (value) => {
      pointed = value;
      draw();
    },
    _position: (place) => {
      [row, column] = place;
      views[pointed].point(row, column);
      draw();
    },
  });
  return () => {
    stopFollowing();
    draw.cancel();
    remember.now();
    close();
  };
}

export default { render };
