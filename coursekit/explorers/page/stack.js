// StackExplorer: a column a layer, the field of one unit back to the photograph, and the sums that made it.

import { aroundRelu, choice } from "./controls.js";
import { cutter, numbersOf, photographOf } from "./data.js";
import { clamp, colourBar, node, numberGrid, whenNew, workedOut } from "./elements.js";
import { explorer, holding } from "./explorer.js";
import {
  channelOf,
  contributions,
  mapScale,
  nearestUnit,
  patch,
  plane,
  planeOf,
  products,
  receptiveField,
  relu,
  sharedScale,
  shown,
  span,
} from "./kernels.js";
import { sharesList } from "./shares.js";

const COLOURS = ["red", "green", "blue"];
const UNIT = { low: 0, high: 1 };

function build({ model, state, tie, map, controls, stage, spoken, say, tables }) {
  const photo = photographOf(model);
  const stages = stagesOf(model, photo);
  const layers = stages.slice(1);
  const indexOf = (layer) => stages.findIndex(({ name }, at) => at > 0 && name === layer);
  const depth = () => indexOf(state.layer);
  const fieldOf = (count) => receptiveField(layers.slice(0, count));

  // What the learner does

  const choose = (at, row, column) => {
    state.layer = stages[at].name;
    state.position = [clamp(row, 0, stages[at].height - 1), clamp(column, 0, stages[at].width - 1)];
  };
  const point = (at, row, column) => {
    const field = fieldOf(depth());
    if (at > 0) choose(at, row, column);
    else choose(depth(), nearestUnit(field, row), nearestUnit(field, column));
  };
  const chooseLayer = (name) => {
    const before = fieldOf(depth());
    const at = indexOf(name);
    const nearest = (unit) => nearestUnit(fieldOf(at), before.firstCentre + unit * before.step);
    choose(at, ...state.position.map(nearest));
  };
  const chooseChannel = (at, channel) => {
    state.channels = state.channels.with(at, channel);
  };

  // A column for the photograph, and one for each layer

  const columns = stages.map(({ name, height, width, planes }, at) => {
    const view = map({
      label: name,
      height,
      width,
      onpoint: (row, column) => point(at, row, column),
    });
    if (at === 0) {
      view.photograph(photo.data);
      view.element.prepend(node("div", { class: "ck-control" }, name));
      return { view, paint: () => {} };
    }
    const options = planes.map((_, channel) => [channel, `map ${channel + 1}`]);
    const shows = (channels) => channels[at];
    const menu = choice({ label: `${name} shows`, options, shows });
    const bar = colourBar();
    view.element.prepend(tie("channels", menu, (channel) => chooseChannel(at, channel)));
    view.element.append(bar.element);
    const paint = whenNew((channel, kind, colours) => {
      const scale = colours === "common" ? commonScale(layers, kind) : stages[at].scale(kind);
      view.paint((kind === "after" ? stages[at].read : planes)[channel], scale, tables[scale.kind]);
      bar.set(scale, tables[scale.kind]);
    });
    return { view, paint };
  });
  stage.classList.add("ck-columns");
  stage.append(...columns.map(({ view }) => view.element));
  const sums = sumsPanel((channel) => chooseChannel(depth() - 1, channel));
  const work = workPanel(tables);
  spoken.after(sums.element, work.element);

  // Controls

  const scales = [
    ["own", "one scale for each layer"],
    ["common", "one scale for all layers"],
  ];
  const names = layers.map(({ name }) => [name, name]);
  controls.append(tie("layer", choice({ label: "Unit in", options: names }), chooseLayer));
  if (layers.some((layer) => layer.relu)) controls.append(tie("maps", aroundRelu()));
  controls.append(tie("colours", choice({ label: "Colours", options: scales })));

  return () => {
    const at = depth();
    const row = clamp(state.position[0], 0, stages[at].height - 1);
    const column = clamp(state.position[1], 0, stages[at].width - 1);
    columns.forEach(({ view, paint }, index) => {
      paint(state.channels[index], state.maps, state.colours);
      if (index > at) {
        view.box("field", null);
        view.caption(sizeOf(stages[index]));
      } else
        drawField(
          view,
          stages[index],
          receptiveField(layers.slice(index, at)),
          row,
          column,
          index,
          at,
        );
    });
    const unit = unitOf(stages, at, state.channels, row, column);
    sums.draw(unit);
    work.draw(unit);
    say(lineOf(unit, fieldOf(at), stages[0]));
  };
}

const sizeOf = ({ height, width }) => `${height} × ${width}`;

/** Frame what the unit sees on the map of a layer before it, or on its own, where it is one value. */
function drawField(view, stage, field, row, column, index, at) {
  const [top, left] = [span(field, row)[0], span(field, column)[0]];
  const seen = index === at ? "the unit" : `${field.size} × ${field.size} seen`;
  view.box("field", top, left, field.size, field.size, index === at ? "winner" : "field");
  view.caption(`${sizeOf(stage)}: ${seen}`);
  view.point(Math.floor(top + (field.size - 1) / 2), Math.floor(left + (field.size - 1) / 2));
  view.keysStep = index === 0 ? field.step : 1; // on the photograph an arrow key goes to the next unit
}

/** The photograph and each layer, with `planes`, what the next layer `read`s of them, and scales. */
function stagesOf(model, { data, height, width }) {
  const planes = COLOURS.map((_, colour) => channelOf(data, height, width, colour));
  const maps = cutter(numbersOf(model.get("_maps")));
  const numbers = cutter(numbersOf(model.get("_weights")));
  const layers = model.get("_layers").map((told) => {
    const count = Array.from({ length: told.maps });
    const side = told.kernel;
    const own = count.map(() => plane(told.height, told.width, maps(told.height * told.width)));
    const kernels = () =>
      Array.from({ length: told.inputs }, () => plane(side, side, numbers(side * side)));
    const weights = count.map(kernels);
    const read = told.relu ? own.map(relu) : own;
    const scales = { before: mapScale(own), after: mapScale(read) };
    return {
      ...told,
      planes: own,
      read,
      weights,
      bias: numbers(told.maps),
      scale: (kind) => scales[kind],
    };
  });
  return [
    { name: "Photograph", height, width, planes, read: planes, scale: () => UNIT },
    ...layers,
  ];
}

function commonScale(layers, kind) {
  const scales = layers.map((layer) => layer.scale(kind));
  const high = Math.max(...scales.map((scale) => scale.high));
  return scales.some((scale) => scale.kind === "signed")
    ? { low: -high, high, kind: "signed" }
    : { low: 0, high, kind: "positive" };
}

/** One unit and what makes it: the patch, the kernel and the share of each input channel, and their sum. */
function unitOf(stages, at, channels, row, column) {
  const [layer, before] = [stages[at], stages[at - 1]];
  const [channel, input] = [channels[at], channels[at - 1]];
  const shares = contributions(before.read, layer.weights[channel], row, column, layer);
  const [top, left] = [row, column].map((unit) => unit * layer.stride - layer.padding);
  const side = layer.kernel;
  const sum = shares.reduce((a, b) => a + b, 0);
  const bias = layer.bias[channel];
  return {
    layer,
    before,
    row,
    column,
    channel,
    input,
    shares,
    sum,
    bias,
    value: sum + bias,
    kernel: layer.weights[channel][input],
    under: patch(before.read[input], top, left, side, side, layer.dilation),
    names: at === 1 ? COLOURS : shares.map((_, map) => `map ${map + 1}`),
    isFirst: at === 1,
    digits: digitsFor(layer.scale("before").high),
  };
}

/** Decimals with which the largest value of a scale has four significant digits. */
function digitsFor(high) {
  return clamp(3 - Math.floor(Math.log10(high || 1)), 0, 6);
}

/** What each input channel adds to the unit, one of them chosen, and what all of them make. */
function sumsPanel(onchoose) {
  const heading = node("p", { class: "ck-caption" });
  const list = sharesList({ onchoose });
  const result = node("p", { "data-part": "result" });
  const element = node(
    "div",
    { class: "ck-sums", "data-part": "sums" },
    heading,
    result,
    list.element,
  );
  const draw = ({ layer, before, names, shares, input, digits, sum, bias, value, isFirst }) => {
    const number = (some) => shown(some, digits);
    const end = layer.relu ? `. After ReLU: ${number(Math.max(value, 0))}` : "";
    heading.textContent = `What each ${isFirst ? "colour" : `map of ${before.name}`} adds to the unit`;
    list.set(names, shares, input, digits);
    result.textContent = `Sum ${number(sum)}, bias ${number(bias)}, together ${number(value)}${end}.`;
  };
  return { element, draw };
}

/** The chosen input channel's share worked out: patch times kernel, cell by cell. */
function workPanel(tables) {
  const grids = ["patch", "kernel", "products"].map(numberGrid);
  const scrolled = grids.map((grid) => node("div", { class: "ck-scroll" }, grid.element));
  const element = workedOut(["", scrolled[0]], ["×", scrolled[1]], ["=", scrolled[2]]);
  const draw = ({ before, names, shares, input, digits, kernel, under, isFirst }) => {
    const made = products(under, kernel);
    const signed = sharedScale([kernel, made, planeOf([[-1e-30]])]);
    const source = before.scale("after");
    grids[0].set(
      under,
      source,
      isFirst ? tables.gray : tables[source.kind],
      digitsFor(source.high),
    );
    grids[1].set(kernel, signed, tables.signed, 4);
    grids[2].set(made, signed, tables.signed, digits);
    grids[0].caption.textContent = `Under the kernel: ${names[input]}`;
    grids[1].caption.textContent = `Kernel ${kernel.height} × ${kernel.width}`;
    grids[2].caption.textContent = `Products, sum ${shown(shares[input], digits)}`;
  };
  return { element, draw };
}

function lineOf({ layer, channel, row, column, value, digits }, field, { height, width }) {
  const [rows, columns] = [span(field, row), span(field, column)];
  const beyond = rows[0] < 0 || columns[0] < 0 || rows[1] >= height || columns[1] >= width;
  const fate = layer.relu ? (value > 0 ? ", and ReLU keeps it" : ", and ReLU makes it 0") : "";
  return (
    `${layer.name}, map ${channel + 1}, row ${row}, column ${column}: ${shown(value, digits)}${fate}. ` +
    `It sees rows ${shown(rows[0])} to ${rows[1]}, columns ${shown(columns[0])} to ${columns[1]}` +
    `${beyond ? ", partly in the padding beyond its edge" : ""}.`
  );
}

export default explorer({
  name: "stack",
  title: "Stack explorer: point at a unit, and follow what it has seen back to the photograph",
  help: [
    "Point at a map to choose one of its units; on the photograph, to choose the unit in the " +
      "middle of whose field you are. Arrow keys go to the next unit, with Shift by 10. " +
      holding("unit"),
    "Sums: click a row, or use the arrow keys in the list. Maps are counted from 1, rows and " +
      "columns from 0.",
  ],
  traits: ["layer", "channels", "maps", "colours"],
  build,
});
