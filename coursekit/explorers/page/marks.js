// What the pooling explorer puts on its maps and says of them: what no window reads, and what a shift
// changed.

import { shown, unreadBy } from "./kernels.js";
import { clamp, give, newId, svg } from "./elements.js";

/**
 * Which rows and columns of the input no window reads, and the words for it; none where there is no output.
 * `windows` are those along rows and along columns.
 */
export function unread(input, output, windows, mark) {
  const rows = output ? unreadBy(input.height, output.height, windows[0]) : [];
  const columns = output ? unreadBy(input.width, output.width, windows[1]) : [];
  const named = (list, noun) =>
    list.length ? [`${list.length} ${noun}${list.length > 1 ? "s" : ""}`] : [];
  const told = [...named(rows, "row"), ...named(columns, "column")].join(" and ");
  return { rows, columns, words: told ? `: ${told} not read (${mark})` : "" };
}

/**
 * An overlay that marks whole rows and columns of a map, which has a border of `padding`, with `sign`: stripes,
 * or a cross on each pixel. Returns { element, set(map, rows, columns, padding) }.
 */
export function unreadOverlay(sign) {
  const id = newId();
  const paper = svg("path", { d: "M0 0H8V8H0Z", fill: "#fff" });
  const drawn = svg("path", { d: SIGNS[sign], stroke: "#c2185b", "stroke-width": 1.4 });
  const pattern = svg(
    "pattern",
    { id, patternUnits: "userSpaceOnUse", width: 8, height: 8 },
    paper,
    drawn,
  );
  const path = svg("path", { fill: `url(#${id})`, "fill-opacity": 0.85 });
  const look = { class: "ck-over ck-unread", "aria-hidden": "true", preserveAspectRatio: "none" };
  const element = svg("svg", look, pattern, path);
  const set = ({ height, width }, rows, columns, padding = 0) => {
    const side = width + 2 * padding;
    give(element, { viewBox: `${-padding} ${-padding} ${side} ${height + 2 * padding}` });
    // A sign for each value, but larger where these are too small to show one.
    give(pattern, { patternTransform: `scale(${Math.max(1, Math.round(side / 100)) / 8})` });
    const bars = [
      ...rows.map((row) => `M0 ${row}H${width}V${row + 1}H0Z`),
      ...columns.map((column) => `M${column} 0V${height}H${column + 1}V0Z`),
    ];
    give(path, { d: bars.join("") });
  };
  return { element, set };
}

const SIGNS = { hatched: "M-1 9L9 -1M-1 1L1 -1M7 9L9 7", "×": "M2 2L6 6M6 2L2 6" };

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
