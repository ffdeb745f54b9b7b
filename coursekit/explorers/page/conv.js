// ConvExplorer: one position of a conv layer, worked out, and the scan that writes the whole response.

import { choice, kernelMenu, slider } from "./controls.js";
import { photographOf } from "./data.js";
import { clamp, colourBar, kept, node, whenNew } from "./elements.js";
import { explorer, holding } from "./explorer.js";
import {
  correlate,
  divmod,
  extremes,
  nearestUnit,
  outputSize,
  patch,
  planeOf,
  receptiveField,
  responseScale,
  shown,
} from "./kernels.js";
import { unread, unreadOverlay } from "./marks.js";
import { scanner } from "./scan.js";
import { workedSum } from "./worked.js";

const GRAY = { low: 0, high: 1 };
const LIMITS = { stride: [1, 8], padding: [0, 8], dilation: [1, 8] }; // as in Python
const MOST_WEIGHTS = 49; // of a kernel
const PARTS = [
  [24, 32],
  [9, 12],
  [4, 4],
];

function build({ model, state, tie, map, controls, stage, say, tables, onclose, onreset }) {
  const image = photographOf(model);
  const settings = () => [state.kernel, state.part, state.stride, state.padding, state.dilation];
  const layer = kept(settings, () => layerOf(image, state));

  // Pictures

  const { height, width } = image;
  const shift = (at) => at - state.padding;
  const toWindow = (y, x, hovering) => point(layer().nearest([y, x].map(shift)), hovering);
  const photo = map({ label: "Input", height, width, onpoint: toWindow });
  const toValue = (y, x, hovering) => point([y, x], hovering);
  const out = map({ label: "Response", height, width, onpoint: toValue });
  const crossed = unreadOverlay("×");
  photo.frame.append(crossed.element);
  const bar = colourBar();
  const misfit = node("p", { class: "ck-cv-misfit", "data-part": "misfit" });
  const formula = node("p", { class: "ck-cv-formula", "data-part": "formula" });
  const work = workedSum();
  const scan = scanner({ onwrite: goTo, onspeed: (speed) => (state.speed = speed) });
  out.element.append(bar.element, misfit);
  stage.append(photo.element, out.element);
  stage.after(formula, work.element);
  onclose(scan.stop);
  onreset(scan.finish);

  // Controls

  const changing = (name) => (value) => keepCentre(() => (state[name] = value));
  const kernels = model.get("_kernels");
  controls.append(
    tie("kernel", kernelMenu(kernels), (name) => changing("kernel")(kernels[name])),
    tie("part", partMenu(image), (size) => choosePart(size.split(",").map(Number))),
  );
  for (const [name, [low, high]] of Object.entries(LIMITS)) {
    const label = name[0].toUpperCase() + name.slice(1);
    controls.append(tie(name, slider({ label, low, high, step: 1, digits: 0 }), changing(name)));
  }
  tie("speed", { set: scan.setSpeed });
  controls.append(scan.element);

  /** Change a setting, and stay at the window that lies nearest to where it was. */
  function keepCentre(change) {
    scan.stop();
    const before = layer();
    const centre = before.centre(state.position).map((at, side) => at + state.part[side]);
    change();
    const after = layer();
    if (!before.response || !after.response) return;
    state.position = after.inside(after.nearest(centre.map((at, side) => at - state.part[side])));
  }

  /** Cut a part of this size around the place that is held, else around the strongest response. */
  function choosePart(size) {
    const { response, centre } = layer();
    if (response && !state.held) state.position = strongest(response);
    const middle = response ? centre(state.position) : state.part.slice(2).map((side) => side / 2);
    const corner = [image.height, image.width].map((side, at) =>
      clamp(Math.round(state.part[at] + middle[at] - size[at] / 2), 0, side - size[at]),
    );
    keepCentre(() => (state.part = [...corner, ...size]));
    state.speed = null;
  }

  function point(position, hovering) {
    // A pointer that only passes by does not stop the scan.
    if (!layer().response || (hovering && scan.playing())) return;
    scan.stop();
    state.position = layer().inside(position);
  }

  /** Go to the value that was written last; null where the rest was written at once. */
  function goTo(index) {
    if (index !== null) state.position = divmod(index, layer().response.width);
    showWritten(out, scan.written);
  }

  // Drawing

  const drawLayer = whenNew(() => {
    const { response, kernel, sizes } = layer();
    paintInput(photo, layer(), tables);
    crossed.set(layer().input, layer().left.rows, layer().left.columns, state.padding);
    for (const part of [out.frame, bar.element, work.element]) part.hidden = !response;
    misfit.hidden = Boolean(response);
    misfit.textContent = response ? "" : misfitOf(layer());
    formula.textContent = formulaOf(layer());
    out.caption(response ? `Response ${sizes.join(" × ")}` : "Response: none");
    if (response) {
      const scale = responseScale(response, kernel);
      out.paint(response, scale, tables[scale.kind]);
      bar.set(scale, tables[scale.kind]);
    }
    scan.reset(response ? response.data.length : 0, response ? response.width : 1);
  });

  return () => {
    drawLayer(settings());
    const now = layer();
    if (!now.response) {
      photo.box("window", null);
      drawTaps(photo, now, null);
      say(misfitOf(now));
      return;
    }
    state.position = now.inside(state.position);
    const [row, column] = state.position;
    const [top, left] = now.corner(state.position);
    const { input, kernel, padding, dilation, covers } = now;
    // The arrow keys go on from the middle of the window, to the next one.
    photo.keysStep = now.stride;
    photo.point(...now.centre(state.position).map((at) => Math.floor(at) + padding));
    photo.box("window", top + padding, left + padding, ...covers);
    drawTaps(photo, now, state.position);
    out.point(row, column);
    out.box("value", row, column, 1, 1);
    showWritten(out, scan.written);
    const sum = work.set(
      patch(input, top, left, kernel.height, kernel.width, dilation),
      kernel,
      tables,
    );
    say(lineOf(now, state.position, sum));
  };
}

/** What the settings give: input, kernel, response (null where it does not fit), places of windows. */
function layerOf(image, { kernel: rows, part, stride, padding, dilation }) {
  const options = { stride, padding, dilation };
  const kernel = planeOf(rows);
  const input = patch(image, ...part);
  const sides = [kernel.height, kernel.width];
  const sizes = [input.height, input.width].map((side, at) => outputSize(side, sides[at], options));
  const windows = sides.map((side) => ({ kernel: side, ...options }));
  const fields = windows.map((window) => receptiveField([window]));
  const response = Math.min(...sizes) > 0 ? correlate(input, kernel, options) : null;
  return {
    ...options,
    input,
    kernel,
    sizes,
    response,
    left: unread(input, response, windows, "×"),
    covers: sides.map((side) => (side - 1) * dilation + 1), // pixels from the first to the last that is read
    corner: (position) => position.map((at) => at * stride - padding),
    centre: (position) => position.map((at, side) => fields[side].firstCentre + at * stride),
    nearest: (centre) => centre.map((at, side) => nearestUnit(fields[side], at)),
    inside: (position) => position.map((at, side) => clamp(at, 0, sizes[side] - 1)),
  };
}

/** A list of sizes of a part, of which the first is the whole photograph. */
function partMenu(image) {
  const whole = [image.height, image.width];
  const isPart = (size) => size[0] < whole[0] && size[1] < whole[1];
  const text = (size, at) => `${at === 0 ? "whole" : "a part"}, ${size.join(" × ")}`;
  const sizes = [whole, ...PARTS.filter(isPart)].map((size, at) => [String(size), text(size, at)]);
  const shows = (part) => String(part.slice(2));
  return choice({ label: "Input", options: [...sizes, ["", "another part"]], shows });
}

/** Row and column of the largest answer, or the most negative one. */
function strongest({ data, width }) {
  const sizes = data.map(Math.abs);
  return divmod(sizes.indexOf(extremes({ data: sizes })[1]), width);
}

function paintInput(photo, { input, padding }, tables) {
  const { height, width } = input;
  const sides = [height, width].map((side) => side + 2 * padding);
  photo.paint(patch(input, -padding, -padding, ...sides), GRAY, tables.gray);
  const border = padding > 0 ? ` with padding ${padding}: ${sides.join(" × ")}` : "";
  photo.caption(`Input ${height} × ${width}${border}`);
  photo.box("photograph", padding > 0 ? padding : null, padding, height, width, "pad");
}

/** With dilation the window has holes: mark the pixels that are read. */
function drawTaps(photo, layer, position) {
  const count = layer.dilation > 1 && position ? layer.kernel.data.length : 0;
  for (let at = 0; at < MOST_WEIGHTS; at += 1) {
    const [y, x] = at < count ? tapOf(layer, position, at) : [null, null];
    photo.box(`tap ${at}`, y === null ? null : y + layer.padding, x + layer.padding, 1, 1, "tap");
  }
}

/** Row and column of the input under one weight. */
function tapOf(layer, position, at) {
  const steps = divmod(at, layer.kernel.width);
  return layer.corner(position).map((first, side) => first + steps[side] * layer.dilation);
}

/** Hide what the scan has not yet written: a style, not a drawing. */
function showWritten({ frame, canvas, height, width }, written) {
  const blank = written < height * width;
  frame.classList.toggle("ck-cv-blank", blank);
  const share = (value, of) => `${(100 * value) / of}%`;
  const [full, rest] = divmod(written, width);
  const [above, below, end] = [share(full, height), share(full + 1, height), share(rest, width)];
  const shape = `polygon(0 0, 100% 0, 100% ${above}, ${end} ${above}, ${end} ${below}, 0 ${below})`;
  canvas.style.clipPath = blank ? shape : "none";
}

// Words

function formulaOf({ input, kernel, sizes, covers, stride, padding, dilation, left }) {
  const along = (name, side, at) =>
    `${name}: ⌊(${side} + 2·${padding} − ${covers[at]}) / ${stride}⌋ + 1 = ${shown(sizes[at])}.`;
  const sides = kernel.height === kernel.width ? [kernel.height] : [kernel.height, kernel.width];
  const spread = sides
    .map((side, at) => `${dilation}·(${side} − 1) + 1 = ${covers[at]}`)
    .join(" and ");
  return [
    dilation > 1 ? `The dilated kernel covers ${spread} pixels.` : "",
    along("Height", input.height, 0),
    along("Width", input.width, 1),
    left.words && `Input${left.words}.`,
  ].join(" ");
}

function misfitOf({ input, sizes, covers, padding }) {
  const what = sizes[0] < 1 ? "rows" : "columns";
  const [side, window] = what === "rows" ? [input.height, covers[0]] : [input.width, covers[1]];
  return (
    `The kernel does not fit: it covers ${window} ${what}, and the input has ${side} + 2·${padding} = ` +
    `${side + 2 * padding}, so the formula gives less than 1.`
  );
}

function lineOf(layer, position, sum) {
  const { input, kernel, covers, dilation } = layer;
  const [row, column] = position;
  const [top, left] = layer.corner(position);
  const all = Array.from(kernel.data, (_, at) => tapOf(layer, position, at));
  const inside = ([y, x]) => y >= 0 && x >= 0 && y < input.height && x < input.width;
  const outside = all.filter((tap) => !inside(tap)).length;
  return (
    `Output row ${row}, column ${column}: ${shown(sum, 3)}. It reads rows ${shown(top)} to ` +
    `${shown(top + covers[0] - 1)} and columns ${shown(left)} to ${shown(left + covers[1] - 1)} of the ` +
    `input${dilation > 1 ? `, in steps of ${dilation}` : ""}.` +
    (outside > 0 ? ` ${outside} of the ${all.length} numbers are padding, 0.` : "")
  );
}

export default explorer({
  name: "conv",
  title: "Conv explorer: which pixels make one value of the response",
  help: [
    "Pictures: point at a value of the response, or at a pixel of the input, or use the arrow " +
      "keys (with Shift 10 places). " +
      holding("place"),
    "Play writes the response value by value. Step writes one. Show all ends the scan.",
    "Numbers: point at a product, or move the slider below the tables to add the products one by one.",
  ],
  traits: ["kernel", "part", "stride", "padding", "dilation", "speed"],
  build,
});
