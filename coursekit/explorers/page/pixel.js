// PixelExplorer: a photograph to point at, the numbers around the pixel, its three channels, and their order.

import { button, choice } from "./controls.js";
import { photographOf } from "./data.js";
import { clamp, colourBar, node, numberGrid, whenNew } from "./elements.js";
import { explorer, holding } from "./explorer.js";
import { channelOf, grayFrom, pixelOf, plane, shown } from "./kernels.js";

const ORDERS = {
  rgb: { names: ["red", "green", "blue"], channels: [0, 1, 2], title: "RGB" },
  bgr: { names: ["blue", "green", "red"], channels: [2, 1, 0], title: "BGR" },
};
const INKS = { red: "#d32f2f", green: "#2e9b37", blue: "#2b62d9", gray: "#8a8a8a" };
const UNIT = { low: 0, high: 1 };
const SIZES = [3, 5, 7];

function build({ model, state, tie, map, controls, stage, say, tables }) {
  const { data, height, width } = photographOf(model);
  const channels = [0, 1, 2].map((at) => channelOf(data, height, width, at));
  const grays = {}; // by the order in which the channels are read

  // Pictures

  const onpoint = (row, column) => {
    state.position = [row, column];
  };
  const photo = map({ label: "Photograph", height, width, onpoint });
  const maps = channels.map((channel, at) => {
    const view = map({ label: `Channel ${at}`, height, width, onpoint });
    view.paint(channel, UNIT, tables.gray);
    return view;
  });
  const views = [photo, ...maps];
  const bar = colourBar();
  bar.set(UNIT, tables.gray);
  const patch = patchTable();
  const pixel = pixelTable();
  const beside = node("div", {}, ...maps.map((view) => view.element));
  stage.append(
    photo.element,
    node("div", { class: "ck-panel ck-small" }, patch.element),
    node("div", { class: "ck-panel ck-px-channels" }, beside, bar.element),
    node("div", { class: "ck-panel ck-px-pixel" }, pixel.element),
  );

  // Controls

  const cells = choice({ label: "Cells show" });
  const units = [
    ["fractions", "0 to 1"],
    ["bytes", "0 to 255"],
  ];
  const sizes = SIZES.map((size) => [size, `${size} × ${size}`]);
  controls.append(
    tie("order", orderSwitches()),
    tie("cells", cells),
    tie("numbers", choice({ label: "Numbers", options: units })),
    tie("patch", choice({ label: "Patch", options: sizes })),
  );

  const showOrder = whenNew((name) => {
    const order = ORDERS[name];
    grays[name] ??= plane(height, width, grayFrom(data, order.channels));
    photo.photograph(data, order.channels);
    photo.caption(`Photograph, read as ${order.title}`);
    maps.forEach((view, at) => {
      view.caption(`Channel ${at}: ${order.names[at]}`);
      view.frame.setAttribute("aria-label", `Channel ${at}, read as ${order.names[at]}`);
    });
    const named = order.names.map((colour, at) => [String(at), `channel ${at}: ${colour}`]);
    cells.offer([["all", "all three numbers"], ...named, ["gray", "gray"]]);
    cells.set(state.cells);
    pixel.name([...order.names, "gray"]);
  });

  return () => {
    showOrder(state.order);
    const order = ORDERS[state.order];
    const gray = grays[state.order];
    const side = state.patch;
    const row = clamp(state.position[0], 0, height - 1);
    const column = clamp(state.position[1], 0, width - 1);
    // The patch stays inside the photograph, so at its edges the pixel is not in the middle of the patch.
    const top = clamp(row - (side - 1) / 2, 0, height - side);
    const left = clamp(column - (side - 1) / 2, 0, width - side);
    for (const view of views) {
      view.point(row, column);
      view.box("patch", top, left, side, side);
    }
    const written = (value, digits) =>
      state.numbers === "bytes" ? String(Math.round(255 * value)) : shown(value, digits);
    patch.set(top, left, side, cellsOf(state.cells, { channels, gray, order, written }));
    patch.mark(row - top, column - left);
    const values = [...channels, gray].map(({ data: all }) => all[row * width + column]);
    const texts = values.map((value) => written(value, 3));
    pixel.set(
      `Pixel in row ${row}, column ${column}`,
      values,
      texts,
      order.channels.map((at) => values[at]),
    );
    const said = order.names.map((name, at) => `${name} ${texts[at]}`).join(", ");
    say(
      `Row ${row}, column ${column} holds ${texts.slice(0, 3).join(", ")}. ` +
        `Read as ${order.title}: ${said}, gray ${texts[3]}.`,
    );
  };
}

/** What a cell of the patch shows: a function from row and column to { text, colour }. */
function cellsOf(shows, { channels, gray, order, written }) {
  const one = shows === "gray" ? gray : channels[Number(shows)];
  const told = shows === "all" ? channels : [one];
  // A channel by itself is a table of brightness.
  const seen = shows === "all" ? order.channels.map((at) => channels[at]) : [one, one, one];
  return (row, column) => ({
    text: told.map((map) => written(pixelOf(map, row, column), 2)).join("\n"),
    colour: seen.map((map) => Math.round(255 * pixelOf(map, row, column))),
  });
}

/** Two buttons, one of them pressed: the order in which the three numbers are read. */
function orderSwitches() {
  const titles = {
    rgb: "Red, green, blue: the right order",
    bgr: "Blue, green, red: what OpenCV would give",
  };
  const switches = Object.entries(ORDERS).map(([name, { title }]) => {
    const made = button({
      label: title,
      title: titles[name],
      onclick: () => control.onvalue(name),
    });
    return { name, made };
  });
  const named = { class: "ck-control", role: "group", "aria-label": "Read the three numbers as" };
  const element = node("div", named, "Read as", ...switches.map(({ made }) => made));
  const set = (order) => {
    for (const { name, made } of switches)
      made.setAttribute("aria-pressed", String(name === order));
  };
  const control = { element, set, onvalue: (_) => {} };
  return control;
}

/** The magnified patch, with the counts of its rows and columns along its edges. */
function patchTable() {
  const grid = numberGrid("");
  const head = node("tr");
  grid.element.classList.add("ck-px-numbers");
  grid.element.tBodies[0].before(node("thead", {}, head));
  let tops = [];
  let lefts = [];
  const resize = whenNew((side) => {
    const many = (scope) => Array.from({ length: side }, () => node("th", { scope }));
    [tops, lefts] = [many("row"), many("col")];
    head.replaceChildren(node("td"), ...lefts);
    tops.forEach((top, row) => grid.cell(row, 0).before(top));
    grid.caption.textContent = `Patch of ${side} × ${side} pixels`;
  });
  const set = (top, left, side, shows) => {
    grid.fill(side, side, (row, column) => shows(top + row, left + column));
    resize(side);
    for (let at = 0; at < side; at += 1) {
      tops[at].textContent = top + at;
      lefts[at].textContent = left + at;
    }
  };
  return { element: grid.element, set, mark: grid.mark };
}

/** One pixel: its colour, and a bar and a number for each channel and for gray. */
function pixelTable() {
  const swatch = node("div", { class: "ck-px-swatch", "aria-hidden": "true" });
  const caption = node("caption");
  const lines = [0, 1, 2, 3].map(() => {
    const line = {
      name: node("th", { scope: "row" }),
      bar: node("i"),
      number: node("td", { class: "ck-px-value" }),
    };
    const track = node(
      "td",
      { class: "ck-px-track", "aria-hidden": "true" },
      node("div", {}, line.bar),
    );
    return { ...line, row: node("tr", {}, line.name, track, line.number) };
  });
  const body = node("tbody", {}, ...lines.map((line) => line.row));
  const table = node("table", { class: "ck-px-bars" }, caption, body);
  const element = node("div", { class: "ck-px-one" }, swatch, table);
  const name = (names) => {
    names.forEach((text, at) => {
      lines[at].name.textContent = text;
      lines[at].bar.style.background = INKS[text];
    });
  };
  const set = (title, values, texts, colour) => {
    caption.textContent = title;
    swatch.style.background = `rgb(${colour.map((value) => Math.round(255 * value))})`;
    lines.forEach(({ bar, number }, at) => {
      bar.style.width = `${100 * values[at]}%`;
      number.textContent = texts[at];
    });
  };
  return { element, name, set };
}

export default explorer({
  name: "pixel",
  title: "Pixel explorer: point at the photograph and read its numbers",
  help: [
    "Pictures: point, or use the arrow keys (with Shift 10 pixels). " + holding("place"),
    "RGB and BGR change how the three numbers of a pixel are read. They do not change the numbers.",
  ],
  traits: ["order", "cells", "numbers", "patch"],
  build,
});
