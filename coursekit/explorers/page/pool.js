// PoolExplorer: the window of an output and who wins in it, what is dropped, and what a shift changes.

import { choice, slider, toggle } from "./controls.js";
import { photographOf } from "./data.js";
import { clamp, colourBar, kept, node, numberGrid, whenNew } from "./elements.js";
import { explorer, holding } from "./explorer.js";
import {
  changes,
  correlate,
  divmod,
  extremes,
  patch,
  planeOf,
  pool,
  poolWindow,
  readers,
  relu,
  mapScale,
  shown,
} from "./kernels.js";
import { hatchBeyond, markInto, sentenceOf, spokenRange, unread, unreadOverlay } from "./marks.js";

const MOST_SHIFT = 3;
const NOISE = 1e-5; // of the largest value, as in Python
const KINDS = { max: "max pooling", avg: "average pooling" };

function build({ model, state, tie, map, root, controls, stage, say, tables }) {
  const photo = photographOf(model);
  const settings = () =>
    ["kernel", "source", "kind", "size", "stride", "ceil_mode", "shift"].map((name) => state[name]);
  const pooled = kept(settings, () => pooledBy(photo, state));

  // Pictures

  const pointing = (which) => (row, column) => {
    state.pointed = which;
    state.position = [row, column];
  };
  const views = {
    input: map({ label: "Input", onpoint: pointing("input") }),
    output: map({ label: "Output", onpoint: pointing("output") }),
  };
  const bars = { input: colourBar(), output: colourBar() };
  for (const name of ["input", "output"]) views[name].element.append(bars[name].element);
  const hatched = unreadOverlay("hatched");
  const dots = node("canvas", { class: "ck-over ck-dots", "aria-hidden": "true" });
  views.input.frame.append(hatched.element);
  views.output.frame.append(dots);
  const grid = numberGrid("Window");
  const note = node("p", { class: "ck-note" });
  const whole = map({ label: "Photograph", height: photo.height, width: photo.width });
  whole.paint(photo, { low: 0, high: 1 }, tables.gray);
  const parts = [grid.element, note, whole.element];
  const panel = node("div", { class: "ck-panel ck-small ck-window" }, ...parts);
  stage.append(views.input.element, views.output.element, panel);
  addControls(controls, state, tie);

  // Drawing

  const drawMaps = whenNew(() => {
    const { input, output, scale, kind, changed, size, left, dotted } = pooled();
    views.input.paint(input, scale, tables[kind]);
    views.input.caption(`Input ${input.height} × ${input.width}${left.words}`);
    bars.input.set(scale, tables[kind]);
    hatched.set(input, left.rows, left.columns);
    views.output.element.hidden = panel.hidden = !output;
    if (!output) return;
    views.output.paint(output, scale, tables[kind]);
    views.output.caption(`After ${KINDS[state.kind]} ${output.height} × ${output.width}${dotted}`);
    bars.output.set(scale, tables[kind]);
    markInto(dots, output, changed);
    panel.style.setProperty("--ck-cells", size);
  });

  return () => {
    drawMaps(settings());
    const now = pooled();
    if (!now.output) {
      frame(views, {});
      say(misfitOf(now));
      return;
    }
    const { height, width } = now[state.pointed];
    state.position = [
      clamp(state.position[0], 0, height - 1),
      clamp(state.position[1], 0, width - 1),
    ];
    const [row, column] = state.position;
    const seen =
      state.pointed === "output"
        ? seenFromOutput(now, row, column)
        : seenFromInput(now, row, column);
    frame(views, seen);
    views[state.pointed].point(row, column);
    drawWindow(grid, now, seen, tables);
    // What the window of the map sees of the photograph, through the filter.
    const grows = [...state.shift, state.kernel.length - 1, state.kernel[0].length - 1];
    whole.element.hidden = state.source === "photograph";
    whole.box(
      "window",
      ...(seen.window ?? [null, 0, 0, 0]).map((at, side) =>
        at === null ? null : at + grows[side],
      ),
    );
    note.textContent = seen.note;
    say(`${seen.words} ${now.sentence}`.trim());
    root.dataset.pointed = state.pointed;
  };
}

function addControls(controls, state, tie) {
  const upTo6 = [1, 2, 3, 4, 5, 6];
  const sides = upTo6.map((side) => [side, `${side} × ${side}`]);
  const list = (name, label, options) => controls.append(tie(name, choice({ label, options })));
  list("source", "Pool", Object.entries({ map: "the feature map", photograph: "the photograph" }));
  list("kind", "Keep", Object.entries({ max: "the largest", avg: "the average" }));
  list("size", "Window", sides.slice(1));
  list("stride", "Stride", [[null, "as the window"], ...upTo6.map((side) => [side, side])]);
  controls.append(tie("ceil_mode", toggle({ label: "Ceil mode" })));
  for (const at of [1, 0]) {
    const label = ["Shift down", "Shift right"][at];
    const made = slider({ label, low: 0, high: MOST_SHIFT, step: 1, digits: 0 });
    tie("shift", { set: (shift) => made.set(shift[at]) });
    made.onvalue = (value) => (state.shift = state.shift.with(at, value));
    controls.append(made.element);
  }
}

/** What the settings give: input, output (null where no window fits), and what is said of them. */
function pooledBy(
  photo,
  { kernel, source, kind: rule, size, stride: given, ceil_mode: ceil, shift },
) {
  const isMap = source === "map";
  const whole = isMap ? relu(correlate(photo, planeOf(kernel))) : photo;
  const [height, width] = [whole.height, whole.width].map((side) => side - MOST_SHIFT);
  const input = patch(whole, shift[0], shift[1], height, width);
  const stride = given ?? size;
  const options = { stride, ceil };
  const windows = Array(2).fill({ kernel: size, stride });
  const scale = isMap ? mapScale([whole]) : { low: 0, high: 1 };
  const kind = isMap ? "positive" : "gray";
  const now = {
    input,
    size,
    stride,
    scale,
    kind,
    output: null,
    winners: null,
    changed: null,
  };
  const result = pool(input, rule, size, options);
  if (!result)
    return { ...now, left: unread(input, null, windows, "hatched"), dotted: "", sentence: "" };
  const rest = patch(whole, 0, 0, height, width);
  const noise = NOISE * extremes(whole)[1];
  const outputs = changes(result.plane, pool(rest, rule, size, options)?.plane, noise);
  const shifted = shift[0] > 0 || shift[1] > 0;
  return {
    ...now,
    output: result.plane,
    winners: result.winners,
    left: unread(input, result.plane, windows, "hatched"),
    changed: outputs.data,
    dotted: shifted ? `: ${outputs.count} dots` : "",
    sentence: shifted ? sentenceOf(outputs, changes(input, rest, noise), shift, stride) : "",
  };
}

/**
 * What is framed, as (row, column, height, width), and said.
 * @typedef {{ window?: number[], pixel?: number[], winner?: number[], place?: number[] }} Frames
 * @typedef {Frames & { note: string, words: string }} Seen
 */

/** What is seen when the learner points at an output: its window. */
function seenFromOutput(now, row, column) {
  const shownWindow = windowOf(now, row, column);
  return {
    ...shownWindow,
    place: [row, column, 1, 1],
    words: `Output row ${row}, column ${column}: ${shownWindow.words}`,
  };
}

/**
 * What is seen at an input: the outputs that read it, and the window of the first of them.
 * @returns {Seen}
 */
function seenFromInput(now, row, column) {
  const { input, output, winners, size, stride } = now;
  const [top, bottom] = readers(row, output.height, size, stride);
  const [left, right] = readers(column, output.width, size, stride);
  const value = shown(input.data[row * input.width + column], 3);
  const words = `Input row ${row}, column ${column}, value ${value}:`;
  const pixel = [row, column, 1, 1];
  const count = Math.max(0, bottom - top + 1) * Math.max(0, right - left + 1);
  if (count === 0) {
    return {
      pixel,
      note: "No window reads this value.",
      words: `${words} no window reads it, so it is lost.`,
    };
  }
  let wins = 0;
  for (let y = top; winners && y <= bottom; y += 1) {
    for (let x = left; x <= right; x += 1)
      wins += Number(winners[y * output.width + x] === row * input.width + column);
  }
  const first = windowOf(now, top, left);
  const outputs = count === 1 ? `output row ${top}, column ${left}` : `${count} outputs`;
  return {
    ...first,
    pixel,
    place: [top, left, bottom - top + 1, right - left + 1],
    note: count > 1 ? `${first.note} (the first of ${count})` : first.note,
    words: `${words} it belongs to ${outputs}${winners ? `, and wins in ${wins}` : ""}.`,
  };
}

/** The window of an output: frames (row, column, height, width) of it and its winner, and words. */
function windowOf({ input, output, winners, size, stride }, y, x) {
  const { top, left, bottom, right } = poolWindow(input, y, x, size, stride);
  const [rows, columns] = [bottom - top, right - left];
  const value = shown(output.data[y * output.width + x], 3);
  const from = `${spokenRange("row", top, bottom)}, ${spokenRange("column", left, right)}`;
  const hangs = rows < size || columns < size ? "; the window hangs over the edge" : "";
  const winner = winners && winners[y * output.width + x];
  return {
    window: [top, left, rows, columns],
    winner: winners ? [...divmod(winner, input.width), 1, 1] : undefined,
    note: `${winners ? "Largest" : "Mean"}: ${value}`,
    words: `the ${winners ? "largest" : "mean"} of ${rows * columns} values is ${value} (${from}${hangs}).`,
  };
}

function drawWindow(grid, now, /** @type {Seen} */ { window: read, winner }, tables) {
  grid.element.hidden = !read;
  if (!read) return;
  const [top, left, rows, columns] = read;
  grid.set(patch(now.input, top, left, now.size, now.size), now.scale, tables[now.kind]);
  hatchBeyond(grid, now.size, rows, columns);
  if (winner) grid.mark(winner[0] - top, winner[1] - left);
  else grid.mark(null);
}

/** Frame what is seen on both pictures, and take away all other frames. */
function frame({ input, output }, /** @type {Frames} */ { window: read, pixel, winner, place }) {
  const box = (view, name, at, kind = "field") => view.box(name, ...(at ?? [null, 0, 0, 0]), kind);
  box(input, "window", read);
  box(input, "pixel", pixel, "seen");
  box(input, "winner", winner, "winner");
  box(output, "place", place);
  // The arrow keys go on from there also on the picture that is not pointed at.
  if (pixel && place) output.point(place[0], place[1]);
  else if (!pixel && read) input.point(read[0], read[1]);
}

function misfitOf({ input, size }) {
  return (
    `A window of ${size} × ${size} does not fit into ${input.height} × ${input.width} values, ` +
    "so there is no output. Choose a smaller window."
  );
}

export default explorer({
  name: "pool",
  title: "Pooling explorer: point at an output to see its window",
  help: [
    "Output: point, or use the arrow keys, to light a window of the input. Input: point to see " +
      "which outputs read that value. " +
      holding("place"),
    "Shift: the input is a piece of a larger map, and the shift lets it begin up to 3 rows or " +
      "columns later. A dot marks each output that is not what it was without the shift. Hatched " +
      "values are read by no window.",
    "Ceil mode: a last window that hangs over the edge is kept. It reads only the values that are " +
      "there.",
  ],
  traits: ["kernel", "source", "kind", "size", "stride", "ceil_mode", "shift", "pointed"],
  build,
});
