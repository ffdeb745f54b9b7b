// What the pooling explorer puts on its maps and says of them: what no window reads, and what a shift
// changed.

import { readers, shown } from "./kernels.js";
import { clamp, give, newId, svg } from "./elements.js";

/**
 * Which rows and columns of the input no window reads, and the words for it; none where there is no output.
 */
export function unread(input, output, size, stride) {
  const none = (length, count) =>
    Array.from({ length }, (_, at) => at).filter((at) => {
      const [first, last] = readers(at, count, size, stride);
      return last < first;
    });
  const rows = output ? none(input.height, output.height) : [];
  const columns = output ? none(input.width, output.width) : [];
  const named = (list, noun) =>
    list.length ? [`${list.length} ${noun}${list.length > 1 ? "s" : ""}`] : [];
  const told = [...named(rows, "row"), ...named(columns, "column")].join(" and ");
  return { rows, columns, words: told ? `: ${told} not read (hatched)` : "" };
}

/** An overlay that hatches whole rows and columns of a map. Returns { element, set(map, rows, columns) }. */
export function unreadOverlay() {
  const id = newId();
  const paper = svg("rect", { fill: "#fff" });
  const stripe = svg("rect", { fill: "#c2185b" });
  const turned = { id, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  const pattern = svg("pattern", turned, paper, stripe);
  const path = svg("path", { fill: `url(#${id})`, "fill-opacity": 0.85 });
  const look = { class: "ck-unread", "aria-hidden": "true", preserveAspectRatio: "none" };
  const element = svg("svg", look, pattern, path);
  const set = ({ height, width }, rows, columns) => {
    const step = Math.max(0.6, width / 120); // in values; it must stay visible where these are small
    give(element, { viewBox: `0 0 ${width} ${height}` });
    give(pattern, { width: step, height: step });
    give(paper, { width: step, height: step });
    give(stripe, { width: step / 2, height: step });
    const bars = [
      ...rows.map((row) => `M0 ${row}H${width}V${row + 1}H0Z`),
      ...columns.map((column) => `M${column} 0V${height}H${column + 1}V0Z`),
    ];
    give(path, { d: bars.join("") });
  };
  return { element, set };
}

/** Put a dot on every value of `map` that is marked: white around black, to be seen on every colour. */
export function markInto(canvas, map, marked) {
  const side = clamp(Math.floor(800 / Math.max(map.height, map.width)), 1, 40);
  canvas.width = map.width * side;
  canvas.height = map.height * side;
  if (!marked.includes(1)) return;
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer); // one by one: there can be a quarter of a million dots
  const [white, black] = new Uint32Array(Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 255).buffer);
  const size = clamp(Math.round(side / 2), 1, 14);
  const edge = Math.max(1, Math.floor(size / 5));
  const gap = Math.floor((side - size) / 2);
  marked.forEach((on, at) => {
    if (!on) return;
    const start =
      (Math.floor(at / map.width) * side + gap) * canvas.width + (at % map.width) * side + gap;
    for (let y = 0; y < size; y += 1) {
      for (let x = 0; x < size; x += 1) {
        const inner =
          size < 3 ? (x + y) % 2 === 1 : Math.min(x, y, size - 1 - x, size - 1 - y) >= edge;
        pixels[start + y * canvas.width + x] = inner ? black : white;
      }
    }
  });
  context.putImageData(image, 0, 0);
}

/** "row 3", or "rows 3 to 5", of what goes from `first` and ends before `end`. */
export function spokenRange(noun, first, end) {
  return end - first === 1 ? `${noun} ${first}` : `${noun}s ${first} to ${end - 1}`;
}

/** Mark the cells of the table that lie beyond the edge: the first rows and columns lie inside. */
export function hatchBeyond(grid, size, rows, columns) {
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < size; j += 1) {
      const beyond = i >= rows || j >= columns;
      grid.cell(i, j).classList.toggle("ck-beyond", beyond);
      if (beyond) grid.cell(i, j).textContent = "–";
    }
  }
}

/** What a shift changed, in a sentence. */
export function sentenceOf(outputs, inputs, [down, right], stride) {
  const share = ({ data, count }) => `${shown((100 * count) / data.length, 1)} %`;
  const moved =
    "; it is a whole number of strides: the outputs moved, and only those at the border are new";
  const steps = down % stride === 0 && right % stride === 0 ? moved : "";
  return `The shift changed ${share(outputs)} of the outputs and ${share(inputs)} of the inputs${steps}.`;
}
