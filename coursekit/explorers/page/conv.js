// ConvExplorer: one position of a conv layer, worked out, and the scan that writes the whole response.

import { correlate, crop, nearestUnit, noiseOf, outputSize, padded, patch, planeOf, receptiveField, sharedScale, shown } from "./kernels.js";
import { heldElsewhere, mapView } from "./maps.js";
import { begin, choice, clamp, colourBar, frames, grayOf, node, slider, tablesOf } from "./parts.js";
import { scanner } from "./scan.js";
import { following, remembering } from "./state.js";
import { workedSum } from "./worked.js";

const GRAY = { low: 0, high: 1 };
const PARTS = [
  [24, 32],
  [9, 12],
  [4, 4],
];

function render({ model, el }) {
  const image = grayOf(model);
  const tables = tablesOf(model);
  const presets = model.get("_presets");
  const remember = remembering(model);
  const settings = {};
  let kernel = planeOf(model.get("_kernel"));
  let part = model.get("_part");
  let [row, column] = model.get("_position");
  let input; // what the layer gets: the part of the photograph
  let response = null; // null where the kernel does not fit
  let misfit = "";
  let tapsMade = 0;

  const { controls, stage, say, close } = begin(el, {
    name: "conv",
    title: "Conv explorer: which pixels make one value of the response",
    help: [
      "Pictures: point at a value of the response, or at a pixel of the input, or use the arrow keys (with Shift 10 " +
        "places). Click, tap or Enter holds the place; once more, or Escape, frees it. A finger moves a held place.",
      "Play writes the response value by value. Step writes one. Show all ends the scan.",
      "Numbers: point at a product, or move the slider below the tables to add the products one by one.",
    ],
  });

  // Pictures

  const viewOf = (label, move) => {
    const { height, width } = image;
    const view = mapView({ label, height, width, onpoint: (y, x, hovering) => pointed(view, move(y, x), hovering) });
    return view;
  };
  const photo = viewOf("Input", (y, x) => nearest(y - settings.padding, x - settings.padding));
  const out = viewOf("Response", (y, x) => [y, x]);
  const bar = colourBar();
  const refusal = node("p", { class: "ck-cv-misfit", "data-part": "misfit" });
  const formula = node("p", { class: "ck-cv-formula", "data-part": "formula" });
  const work = workedSum();
  const scan = scanner({ onwrite: goTo });
  out.element.append(bar.element, refusal);
  stage.append(photo.element, out.element);
  stage.after(formula, work.element);

  // Controls

  const menu = choice({
    label: "Kernel",
    options: [["", "your own"], ...Object.keys(presets).map((name) => [name, name])],
    value: "",
    onvalue: (name) => name && setKernel(presets[name], true),
  });
  const sizes = PARTS.filter(([height, width]) => height < image.height && width < image.width);
  const whole = [0, 0, image.height, image.width];
  const area = choice({
    label: "Input",
    options: [
      [String(whole.slice(2)), `whole, ${image.height} × ${image.width}`],
      ...sizes.map((size) => [String(size), `a part, ${size[0]} × ${size[1]}`]),
      ["", "another part"],
    ],
    value: "",
    onvalue: (size) => size && setPart(around(size.split(",").map(Number))),
  });
  const sliders = Object.entries(model.get("_limits")).map(([name, [low, high]]) => {
    settings[name] = model.get(`_${name}`);
    const label = name[0].toUpperCase() + name.slice(1);
    const made = slider({ label, low, high, step: 1, value: settings[name], digits: 0, onvalue: (value) => set(name, value) });
    return [name, made];
  });
  controls.append(menu.element, area.element, ...sliders.map(([, made]) => made.element));
  controls.after(scan.element);

  function set(name, value) {
    const centre = response && centreOf();
    settings[name] = value;
    remember(`_${name}`, value);
    settle(centre);
  }

  function setKernel(rows, tell) {
    const centre = response && centreOf();
    kernel = planeOf(rows);
    if (tell) remember("_kernel", rows);
    settle(centre);
  }

  function setPart(next) {
    const [y, x] = response ? centreOf() : [0, 0];
    const centre = [y + part[0] - next[0], x + part[1] - next[1]];
    part = next;
    remember("_part", part);
    settle(centre);
    scan.pace();
  }

  /** A part of this size whose middle is where the learner points now. */
  function around([height, width]) {
    const [y, x] = response ? centreOf() : [part[2] / 2, part[3] / 2];
    return [
      clamp(Math.round(part[0] + y - height / 2), 0, image.height - height),
      clamp(Math.round(part[1] + x - width / 2), 0, image.width - width),
      height,
      width,
    ];
  }

  // Where windows lie

  const fieldOf = (side) => receptiveField([{ kernel: side, ...settings }]);
  const extent = (side) => (side - 1) * settings.dilation + 1;
  const nearest = (y, x) => [nearestUnit(fieldOf(kernel.height), y), nearestUnit(fieldOf(kernel.width), x)];

  /** Middle of the window, counted in the input. */
  function centreOf() {
    const [vertical, horizontal] = [fieldOf(kernel.height), fieldOf(kernel.width)];
    return [vertical.firstCentre + row * vertical.step, horizontal.firstCentre + column * horizontal.step];
  }

  /** Compute all that does not depend on the position, and stay near `centre` of the input. */
  function settle(centre) {
    input = crop(image, ...part);
    const height = outputSize(input.height, kernel.height, settings);
    const width = outputSize(input.width, kernel.width, settings);
    response = height > 0 && width > 0 ? correlate(input, kernel, settings) : null;
    misfit = response ? "" : refused(height < 1 ? "rows" : "columns");
    const { padding } = settings;
    photo.paint(padded(input, padding), GRAY, tables.gray);
    const border = padding > 0 ? ` with padding ${padding}: ${input.height + 2 * padding} × ${input.width + 2 * padding}` : "";
    photo.caption(`Input ${input.height} × ${input.width}${border}`);
    photo.box("photograph", padding > 0 ? padding : null, padding, input.height, input.width, "pad");
    for (const shownPart of [out.frame, bar.element, work.element]) shownPart.hidden = !response;
    refusal.hidden = Boolean(response);
    refusal.textContent = misfit;
    out.caption(response ? `Response ${height} × ${width}` : "Response: none");
    formula.textContent = sized(height, width);
    if (response) {
      const scale = sharedScale([response], noiseOf(kernel));
      out.paint(response, scale, tables[scale.kind]);
      bar.set(scale, tables[scale.kind]);
    }
    scan.reset(response ? height * width : 0, response ? width : 1);
    const named = Object.entries(presets).find(([, rows]) => same(rows, kernel));
    menu.set(named ? named[0] : "");
    const key = String(part.slice(2));
    area.set([...area.input.options].some(({ value }) => value === key) ? key : "");
    for (const [name, made] of sliders) made.set(settings[name]);
    if (response && centre) [row, column] = nearest(...centre);
    if (response) moveTo(row, column);
    draw();
  }

  function sized(height, width) {
    const { stride, padding, dilation } = settings;
    const along = (name, side, window, count) =>
      `${name}: ⌊(${side} + 2·${padding} − ${window}) / ${stride}⌋ + 1 = ${shown(count)}`;
    const sides = kernel.height === kernel.width ? [kernel.height] : [kernel.height, kernel.width];
    const spread = sides.map((side) => `${dilation}·(${side} − 1) + 1 = ${extent(side)}`).join(" and ");
    return [
      dilation > 1 ? `The dilated kernel covers ${spread} pixels.` : "",
      `${along("Height", input.height, extent(kernel.height), height)}.`,
      `${along("Width", input.width, extent(kernel.width), width)}.`,
    ].join(" ");
  }

  function refused(what) {
    const { padding } = settings;
    const [side, window] = what === "rows" ? [input.height, extent(kernel.height)] : [input.width, extent(kernel.width)];
    return (
      `The kernel does not fit: it covers ${window} ${what}, and the input has ${side} + 2·${padding} = ` +
      `${side + 2 * padding}, so the formula gives less than 1.`
    );
  }

  // Position and drawing

  function pointed(view, [y, x], hovering) {
    // A pointer that only passes by neither frees a held place nor stops the scan.
    if (!response || (hovering && scan.playing()) || heldElsewhere(view, [photo, out], hovering)) return;
    scan.stop();
    moveTo(y, x);
    draw();
  }

  /** Show the value that was written last; null where the rest was written at once. */
  function goTo(index) {
    if (index !== null) moveTo(Math.floor(index / response.width), index % response.width);
    draw();
  }

  function moveTo(y, x) {
    row = clamp(y, 0, response.height - 1);
    column = clamp(x, 0, response.width - 1);
    const [middleY, middleX] = centreOf();
    // The arrow keys go on from the middle of the window, to the next one.
    photo.keysStep = settings.stride;
    photo.point(Math.floor(middleY) + settings.padding, Math.floor(middleX) + settings.padding);
    out.point(row, column);
    remember("_position", [row, column]);
  }

  const draw = frames(() => {
    if (!response) {
      photo.box("window", null);
      taps(0);
      say(misfit);
      return;
    }
    const { stride, padding, dilation } = settings;
    const [top, left] = [row * stride - padding, column * stride - padding];
    const [high, wide] = [extent(kernel.height), extent(kernel.width)];
    photo.box("window", top + padding, left + padding, high, wide);
    out.box("value", row, column, 1, 1);
    taps(dilation > 1 ? kernel.data.length : 0, top + padding, left + padding);
    showWritten();
    const sum = work.set(patch(input, top, left, kernel.height, kernel.width, dilation), kernel, tables);
    let outside = 0;
    for (let at = 0; at < kernel.data.length; at += 1) {
      const y = top + Math.floor(at / kernel.width) * dilation;
      const x = left + (at % kernel.width) * dilation;
      if (y < 0 || x < 0 || y >= input.height || x >= input.width) outside += 1;
    }
    say(
      `Output row ${row}, column ${column}: ${shown(sum, 3)}. It reads rows ${shown(top)} to ${shown(top + high - 1)} and ` +
        `columns ${shown(left)} to ${shown(left + wide - 1)} of the input${dilation > 1 ? `, in steps of ${dilation}` : ""}.` +
        (outside > 0 ? ` ${outside} of the ${kernel.data.length} numbers are padding, 0.` : ""),
    );
  });

  /** With dilation the window has holes: mark the `count` pixels that are read. */
  function taps(count, top, left) {
    for (let at = 0; at < Math.max(count, tapsMade); at += 1) {
      const y = top + Math.floor(at / kernel.width) * settings.dilation;
      const x = left + (at % kernel.width) * settings.dilation;
      photo.box(`tap ${at}`, at < count ? y : null, x, 1, 1, "tap");
    }
    tapsMade = Math.max(count, tapsMade);
  }

  /** Hide what the scan has not yet written: a style, not a drawing. */
  function showWritten() {
    const { height, width } = response;
    const blank = scan.written < height * width;
    out.frame.classList.toggle("ck-cv-blank", blank);
    const share = (value, of) => `${(100 * value) / of}%`;
    const full = Math.floor(scan.written / width);
    const [above, below] = [share(full, height), share(full + 1, height)];
    const end = share(scan.written % width, width);
    const written = `polygon(0 0, 100% 0, 100% ${above}, ${end} ${above}, ${end} ${below}, 0 ${below})`;
    out.canvas.style.clipPath = blank ? written : "none";
  }

  const stopFollowing = followAll();
  settle(null);
  scan.pace();
  return () => {
    stopFollowing();
    scan.stop();
    draw.cancel();
    remember.now();
    close();
  };

  /** Show what Python, or another view, sets. Each trait by itself: the others may still be on their way. */
  function followAll() {
    const listeners = {
      _kernel: (rows) => !same(rows, kernel) && setKernel(rows, false),
      _part: (next) => String(next) !== String(part) && setPart(next),
      _position: ([y, x]) => {
        if (!response || (y === row && x === column)) return;
        moveTo(y, x);
        draw();
      },
    };
    for (const name of Object.keys(settings)) {
      listeners[`_${name}`] = (value) => value !== settings[name] && set(name, value);
    }
    return following(model, listeners);
  }
}

function same(rows, kernel) {
  return rows.length === kernel.height && String(rows) === String(Array.from(kernel.data));
}

export default { render };
