// StackExplorer: a column a layer, the field of one unit back to the photograph, and the sums that made it.

import {
  contributions,
  nearestUnit,
  patch,
  plane,
  products,
  receptiveField,
  relu,
  sharedScale,
  shown,
  span,
  total,
} from "./kernels.js";
import { heldElsewhere, mapView } from "./maps.js";
import {
  arrayOf,
  aroundRelu,
  begin,
  choice,
  clamp,
  colourBar,
  floats,
  frames,
  modified,
  node,
  numberGrid,
  tablesOf,
} from "./parts.js";
import { following, remembering } from "./state.js";

const COLOURS = ["red", "green", "blue"];
const UNIT = { low: 0, high: 1 };

function render({ model, el }) {
  const photo = arrayOf(model, "_photograph");
  const tables = tablesOf(model);
  const remember = remembering(model);
  const stages = stagesOf(model, photo);
  const layers = stages.slice(1);
  let at = model.get("_layer");
  let [row, column] = model.get("_position");
  let channels = [...model.get("_channels")];
  let kind = "after";
  let common = false;

  const { root, controls, stage, say, close } = begin(el, {
    name: "stack",
    title: "Stack explorer: point at a unit, and follow what it has seen back to the photograph",
    help: [
      "Point at a map to choose one of its units; on the photograph, to choose the unit in the middle of whose field " +
        "you are. Arrow keys go to the next unit, with Shift by 10. Click, tap or Enter holds the unit; once more, or " +
        "Escape, frees it. A finger moves a held unit.",
      "Sums: click a row, or use the arrow keys in the list. Maps are counted from 1, rows and columns from 0.",
    ],
  });

  // A column for the photograph, and one for each layer

  const columns = stages.map((part, index) => {
    const view = mapView({
      label: part.name,
      height: part.height,
      width: part.width,
      onpoint: (y, x, hovering) => pointed(index, y, x, hovering),
    });
    if (index === 0) {
      view.photograph(photo.data);
      return { view };
    }
    const menu = choice({
      label: `${part.name} shows`,
      options: part.planes.map((_, map) => [map, `map ${map + 1}`]),
      value: channels[index],
      onvalue: (value) => setChannel(index, Number(value)),
    });
    const bar = colourBar();
    view.element.prepend(menu.element);
    view.element.append(bar.element);
    return { view, menu, bar, painted: "" };
  });
  columns[0].view.element.prepend(node("div", { class: "ck-control" }, `Input, ${stages[0].height} × ${stages[0].width}`));
  stage.classList.add("ck-columns");
  stage.append(...columns.map(({ view }) => view.element));

  // The sums: one row an input channel

  const heading = node("p", { class: "ck-caption" });
  const list = sumsList({ onchoose: (channel) => setChannel(at - 1, channel) });
  const result = node("p", { "data-part": "result" });
  const sums = node("div", { class: "ck-sums", "data-part": "sums" }, heading, list.element, result);
  const grids = ["patch", "kernel", "products"].map((label) => numberGrid({ label, height: 1, width: 1 }));
  const signs = ["×", "="].map((sign) => node("span", { class: "ck-sign", "aria-hidden": "true" }, sign));
  // A sign stays with what follows it, also where the tables stand below each other.
  const steps = grids.map(({ element }, index) =>
    node("div", { class: "ck-step" }, signs[index - 1] ?? "", node("div", { class: "ck-scroll" }, element)),
  );
  const work = node("div", { class: "ck-work", "data-part": "work" }, ...steps);
  root.querySelector("[data-part=spoken]").after(sums, work);

  // Controls

  const layerMenu = choice({
    label: "Unit in",
    options: layers.map(({ name }, index) => [index + 1, name]),
    value: at,
    onvalue: (value) => setLayer(Number(value)),
  });
  const kindMenu = aroundRelu(kind, (value) => {
    kind = value;
    draw();
  });
  const scaleMenu = choice({
    label: "Colours",
    options: [
      ["own", "one scale for each layer"],
      ["common", "one scale for all layers"],
    ],
    value: "own",
    onvalue: (value) => {
      common = value === "common";
      draw();
    },
  });
  controls.append(layerMenu.element, ...(layers.some((part) => part.relu) ? [kindMenu.element] : []), scaleMenu.element);

  // What the learner does

  function pointed(index, y, x, hovering) {
    const views = columns.map(({ view }) => view);
    if (heldElsewhere(views[index], views, hovering)) return;
    if (index > 0) at = index;
    const field = receptiveField(layers.slice(0, at));
    row = index > 0 ? y : nearestUnit(field, y);
    column = index > 0 ? x : nearestUnit(field, x);
    chosen();
  }

  function setLayer(next) {
    const before = receptiveField(layers.slice(0, at));
    const after = receptiveField(layers.slice(0, next));
    row = nearestUnit(after, before.firstCentre + row * before.step);
    column = nearestUnit(after, before.firstCentre + column * before.step);
    at = next;
    chosen();
  }

  function setChannel(index, channel) {
    channels[index] = channel;
    chosen();
  }

  function chosen() {
    row = clamp(row, 0, stages[at].height - 1);
    column = clamp(column, 0, stages[at].width - 1);
    remember("_layer", at);
    remember("_position", [row, column]);
    remember("_channels", [...channels]);
    draw();
  }

  // Drawing

  const draw = frames(() => {
    columns.forEach((part, index) => index > 0 && paint(part, index));
    drawFields();
    drawSums();
  });

  function paint(part, index) {
    const key = `${channels[index]} ${kind} ${common}`;
    if (part.painted === key) return;
    part.painted = key;
    const scale = common ? commonScale(layers, kind) : stages[index].scale(kind);
    const planes = kind === "after" ? stages[index].read : stages[index].planes;
    part.view.paint(planes[channels[index]], scale, tables[scale.kind]);
    part.bar.set(scale, tables[scale.kind]);
    part.menu.set(channels[index]);
  }

  function drawFields() {
    layerMenu.set(at);
    columns.forEach(({ view }, index) => {
      const { name, height, width } = stages[index];
      const size = index === 0 ? name : `${name}, ${height} × ${width}`;
      if (index > at) {
        view.box("field", null);
        view.caption(size);
        return;
      }
      const field = receptiveField(layers.slice(index, at));
      const [top, left] = [span(field, row)[0], span(field, column)[0]];
      view.box("field", top, left, field.size, field.size, index === at ? "winner" : "field");
      view.caption(index === at ? `${size}: the unit` : `${size}: ${field.size} × ${field.size} seen`);
      view.point(Math.floor(top + (field.size - 1) / 2), Math.floor(left + (field.size - 1) / 2));
      view.keysStep = index === 0 ? field.step : 1; // on the photograph an arrow key goes to the next unit
    });
  }

  function drawSums() {
    const part = stages[at];
    const channel = channels[at];
    const inputs = stages[at - 1].read;
    const chosenInput = channels[at - 1];
    const kernels = part.weights[channel];
    const shares = contributions(inputs, kernels, row, column, part);
    const bias = part.bias[channel];
    const sum = shares.reduce((a, b) => a + b, 0);
    const value = sum + bias;
    const digits = digitsFor(part.scale("before").high);
    const names = at === 1 ? COLOURS : shares.map((_, index) => `map ${index + 1}`);
    const from = at === 1 ? "colour" : `map of ${stages[at - 1].name}`;
    const unit = `${part.name}, map ${channel + 1}, row ${row}, column ${column}`;
    heading.textContent = `What each ${from} adds to the unit`;
    list.set(names, shares, chosenInput, digits);
    const end = part.relu ? `. After ReLU: ${shown(Math.max(value, 0), digits)}` : "";
    result.textContent =
      `Sum ${shown(sum, digits)}, bias ${shown(bias, digits)}, together ${shown(value, digits)}${end}.`;

    const top = row * part.stride - part.padding;
    const left = column * part.stride - part.padding;
    const kernel = kernels[chosenInput];
    const under = patch(inputs[chosenInput], top, left, part.kernel, part.kernel, part.dilation);
    const made = products(under, kernel);
    const signed = sharedScale([kernel, made, plane(1, 1, [-1e-30])]);
    const source = at === 1 ? UNIT : stages[at - 1].scale("after");
    grids[0].set(under, source, at === 1 ? tables.gray : tables[source.kind], digitsFor(source.high));
    grids[1].set(kernel, signed, tables.signed, 4);
    grids[2].set(made, signed, tables.signed, digits);
    grids[0].caption.textContent = `Under the kernel: ${names[chosenInput]}`;
    grids[1].caption.textContent = `Kernel ${part.kernel} × ${part.kernel}`;
    grids[2].caption.textContent = `Products, sum ${shown(shares[chosenInput], digits)}`;

    const field = receptiveField(layers.slice(0, at));
    const [rows, seen] = [span(field, row), span(field, column)];
    const beyond = rows[0] < 0 || seen[0] < 0 || rows[1] >= stages[0].height || seen[1] >= stages[0].width;
    say(
      `${unit}: ${shares.length} sums and the bias give ${shown(value, digits)}` +
        `${part.relu ? (value > 0 ? ", and ReLU keeps it" : ", and ReLU makes it 0") : ""}. ` +
        `It sees ${field.size} × ${field.size} pixels of the photograph: rows ${shown(rows[0])} to ${rows[1]}, ` +
        `columns ${shown(seen[0])} to ${seen[1]}${beyond ? ", partly in the padding beyond its edge" : ""}.`,
    );
  }

  const follow = () => {
    at = model.get("_layer");
    channels = [...model.get("_channels")];
    [row, column] = model.get("_position");
    row = clamp(row, 0, stages[at].height - 1);
    column = clamp(column, 0, stages[at].width - 1);
    draw();
  };
  const stopFollowing = following(model, { _layer: follow, _channels: follow, _position: follow });
  draw();
  return () => {
    stopFollowing();
    draw.cancel();
    remember.now();
    close();
  };
}

/** The photograph and each layer: { name, height, width, planes, read (what the next layer reads), scale(kind), ... }. */
function stagesOf(model, photo) {
  const [height, width] = photo.shape;
  const planes = COLOURS.map((_, colour) =>
    plane(height, width, Float32Array.from({ length: height * width }, (_, at) => photo.data[3 * at + colour])),
  );
  const maps = cutter(floats(model.get("_maps")));
  const numbers = cutter(floats(model.get("_weights")));
  const layers = model.get("_layers").map((told) => {
    const count = Array.from({ length: told.maps });
    const side = told.kernel;
    const own = count.map(() => plane(told.height, told.width, maps(told.height * told.width)));
    const weights = count.map(() => Array.from({ length: told.inputs }, () => plane(side, side, numbers(side * side))));
    const read = told.relu ? own.map(relu) : own;
    const scales = { before: sharedScale(own), after: sharedScale(read) };
    return { ...told, planes: own, read, weights, bias: numbers(told.maps), scale: (kind) => scales[kind] };
  });
  return [{ name: "Photograph", height, width, planes, read: planes }, ...layers];
}

/** A function that gives the next so many numbers. */
function cutter(all) {
  let from = 0;
  return (count) => {
    from += count;
    return all.subarray(from - count, from);
  };
}

function commonScale(layers, kind) {
  const scales = layers.map((layer) => layer.scale(kind));
  const high = Math.max(...scales.map((scale) => scale.high));
  return scales.some((scale) => scale.kind === "signed")
    ? { low: -high, high, kind: "signed" }
    : { low: 0, high, kind: "positive" };
}

/** Decimals with which the largest value of a scale has four significant digits. */
function digitsFor(high) {
  return clamp(3 - Math.floor(Math.log10(high || 1)), 0, 6);
}

/** Rows of a name, a bar and a number, one of them chosen. Returns { element, set(names, values, chosen, digits) }. */
function sumsList({ onchoose }) {
  const element = node("div", {
    class: "ck-bars",
    role: "listbox",
    tabindex: 0,
    "aria-label": "Sums, one for each input channel: choose one to see its products",
  });
  let rows = [];
  let current = 0;
  const choose = (index) => {
    onchoose(clamp(index, 0, rows.length - 1));
  };
  const perLine = () => rows.filter(({ option }) => option.offsetTop === rows[0].option.offsetTop).length;
  element.addEventListener("click", (event) => {
    const found = rows.findIndex(({ option }) => option.contains(event.target));
    if (found >= 0) choose(found);
  });
  element.addEventListener("keydown", (event) => {
    if (modified(event)) return;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perLine(), ArrowDown: perLine() };
    if (event.key in steps) choose(current + steps[event.key]);
    else if (event.key === "Home") choose(0);
    else if (event.key === "End") choose(rows.length - 1);
    else return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab would move to the next cell
  });
  const resize = (count) => {
    rows = Array.from({ length: count }, (_, index) => {
      const [name, bar, number] = [node("span"), node("i", { "aria-hidden": "true" }), node("b")];
      const track = node("span", { class: "ck-track" }, bar);
      const option = node("div", { role: "option", class: "ck-share", id: `${prefix}-${index}` }, name, " ", track, number);
      return { option, name, bar, number };
    });
    element.replaceChildren(...rows.map(({ option }) => option));
  };
  const prefix = `ck-share-${Math.random().toString(36).slice(2, 10)}`;
  const set = (names, values, chosen, digits) => {
    if (values.length !== rows.length) resize(values.length);
    current = chosen;
    const end = Math.max(...values.map(Math.abs)) || 1;
    values.forEach((value, index) => {
      const { option, name, bar, number } = rows[index];
      if (name.textContent !== names[index]) name.textContent = names[index];
      const text = shown(value, digits);
      if (number.textContent !== text) number.textContent = text;
      const sign = value < 0 ? "ck-minus" : "ck-plus";
      if (bar.className !== sign) bar.className = sign;
      bar.style.transform = `scaleX(${value / end})`;
      const selected = String(index === chosen);
      if (option.ariaSelected !== selected) option.ariaSelected = selected;
    });
    element.setAttribute("aria-activedescendant", `${prefix}-${chosen}`);
  };
  return { element, set };
}

export default { render };
