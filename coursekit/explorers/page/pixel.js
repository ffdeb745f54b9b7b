// PixelExplorer: a photograph to point at, the numbers around the pixel, its three channels, and their order.

import { isDark } from "./colours.js";
import { channelOf, grayFrom, plane, shown } from "./kernels.js";
import { heldElsewhere, mapView } from "./maps.js";
import { arrayOf, begin, button, choice, clamp, colourBar, frames, node, tablesOf } from "./parts.js";
import { following, remembering } from "./state.js";

const ORDERS = {
  rgb: { names: ["red", "green", "blue"], channels: [0, 1, 2], title: "RGB" },
  bgr: { names: ["blue", "green", "red"], channels: [2, 1, 0], title: "BGR" }, // where red, green and blue are read
};
const UNIT = { low: 0, high: 1 };
const SIZES = [3, 5, 7];

function render({ model, el }) {
  const { data, shape } = arrayOf(model, "_photograph");
  const [height, width] = shape;
  const tables = tablesOf(model);
  const remember = remembering(model);
  const channels = [0, 1, 2].map((at) => channelOf(data, height, width, at));
  let [row, column] = model.get("_position");
  let order = ORDERS[model.get("_order")];
  let gray;
  let unit = "fractions";
  let shows = "all";
  let side = 7;

  const { controls, stage, say, close } = begin(el, {
    name: "pixel",
    title: "Pixel explorer: point at the photograph and read its numbers",
    help: [
      "Pictures: point, or use the arrow keys (with Shift 10 pixels). Click, tap or Enter holds the place; " +
        "once more, or Escape, frees it. A finger moves a held place.",
      "RGB and BGR change how the three numbers of a pixel are read. They do not change the numbers.",
    ],
  });

  // Pictures

  function mapOf(label) {
    const view = mapView({ label, height, width, onpoint: (y, x, hovering) => move(y, x, view, hovering) });
    return view;
  }
  const photo = mapOf("Photograph");
  const maps = channels.map((map, at) => {
    const view = mapOf(`Channel ${at}`);
    view.paint(map, UNIT, tables.gray);
    return view;
  });
  const views = [photo, ...maps];
  const bar = colourBar();
  bar.set(UNIT, tables.gray);
  const patch = patchTable();
  const pixel = pixelTable();
  stage.append(photo.element, node("div", { class: "ck-panel ck-small ck-px-patch" }, patch.element));
  stage.after(
    node(
      "div",
      { class: "ck-stage ck-px-below" },
      node("div", { class: "ck-panel ck-px-channels" }, node("div", {}, ...maps.map((view) => view.element)), bar.element),
      node("div", { class: "ck-panel ck-px-pixel" }, pixel.element),
    ),
  );

  // Controls

  const switches = Object.entries(ORDERS).map(([name, { title }]) =>
    button({
      label: title,
      title: name === "rgb" ? "Red, green, blue: the right order" : "Blue, green, red: what OpenCV would give",
      onclick: () => setOrder(name),
    }),
  );
  const cells = choice({
    label: "Cells show",
    options: [["all", "all three numbers"], ...[0, 1, 2].map((at) => [at, `channel ${at}`]), ["gray", "gray"]],
    value: shows,
    onvalue: (value) => {
      shows = value;
      draw();
    },
  });
  controls.append(
    node("div", { class: "ck-control", role: "group", "aria-label": "Read the three numbers as" }, "Read as", ...switches),
    cells.element,
    choice({
      label: "Numbers",
      options: [
        ["fractions", "0 to 1"],
        ["bytes", "0 to 255"],
      ],
      value: unit,
      onvalue: (value) => {
        unit = value;
        draw();
      },
    }).element,
    choice({
      label: "Patch",
      options: SIZES.map((size) => [size, `${size} × ${size}`]),
      value: side,
      onvalue: (value) => {
        side = Number(value);
        patch.resize(side);
        draw();
      },
    }).element,
  );

  function setOrder(name) {
    order = ORDERS[name];
    remember("_order", name);
    showOrder();
    draw();
  }

  function showOrder() {
    gray = plane(height, width, grayFrom(data, order.channels));
    photo.photograph(data, order.channels);
    photo.caption(`Photograph, read as ${order.title}`);
    switches.forEach((made, at) => made.setAttribute("aria-pressed", String(Object.values(ORDERS)[at] === order)));
    maps.forEach((view, at) => {
      view.caption(`Channel ${at}: ${order.names[at]}`);
      view.frame.setAttribute("aria-label", `Channel ${at}, read as ${order.names[at]}`);
      cells.input.options[1 + at].textContent = `channel ${at}: ${order.names[at]}`;
    });
    pixel.name([...order.names, "gray"]);
  }

  // Position and drawing

  function move(y, x, from, hovering = false) {
    if (from && heldElsewhere(from, views, hovering)) return;
    for (const view of views) view.point(y, x);
    [row, column] = [clamp(y, 0, height - 1), clamp(x, 0, width - 1)];
    remember("_position", [row, column]);
    draw();
  }

  const written = (value, digits) => (unit === "bytes" ? String(Math.round(255 * value)) : shown(value, digits));

  const draw = frames(() => {
    // The patch stays inside the photograph, so at its edges the pixel is not in the middle of the patch.
    const top = clamp(row - (side - 1) / 2, 0, height - side);
    const left = clamp(column - (side - 1) / 2, 0, width - side);
    for (const view of views) view.box("patch", top, left, side, side);
    patch.set(top, left, colouring(), row - top, column - left);
    const values = channels.map((map) => map.data[row * width + column]);
    const light = gray.data[row * width + column];
    pixel.set(row, column, [...values, light], order.channels.map((at) => values[at]), (value) => written(value, 3));
    const said = order.names.map((name, at) => `${name} ${written(values[at], 3)}`).join(", ");
    say(
      `Row ${row}, column ${column} holds ${values.map((value) => written(value, 3)).join(", ")}. ` +
        `Read as ${order.title}: ${said}, gray ${written(light, 3)}.`,
    );
  });

  /** What a cell shows: a function from an index into the planes to { text, colour }. */
  function colouring() {
    if (shows === "all") {
      return (at) => ({
        text: channels.map((map) => written(map.data[at], 2)).join("\n"),
        colour: order.channels.map((channel) => Math.round(255 * channels[channel].data[at])),
      });
    }
    const map = shows === "gray" ? gray : channels[shows];
    return (at) => ({
      text: written(map.data[at], 2),
      colour: [0, 1, 2].map(() => Math.round(255 * map.data[at])), // a channel is a table of brightness
    });
  }

  /** The magnified patch, with the counts of its rows and columns along its edges. */
  function patchTable() {
    const caption = node("caption");
    const head = node("tr");
    const body = node("tbody");
    const element = node("table", { class: "ck-numbers ck-px-numbers" }, caption, node("thead", {}, head), body);
    let rows = [];
    let tops = [];
    let lefts = [];
    let marked = null;
    const resize = (size) => {
      const many = (tag, attributes) => Array.from({ length: size }, () => node(tag, attributes));
      [tops, lefts] = [many("th", { scope: "row" }), many("th", { scope: "col" })];
      rows = tops.map(() => many("td"));
      head.replaceChildren(node("td"), ...lefts);
      body.replaceChildren(...rows.map((line, at) => node("tr", {}, tops[at], ...line)));
    };
    const set = (top, left, colours, markedRow, markedColumn) => {
      caption.textContent = `Patch of ${rows.length} × ${rows.length} pixels`;
      rows.forEach((line, y) => {
        tops[y].textContent = top + y;
        lefts[y].textContent = left + y;
        line.forEach((cell, x) => {
          const { text, colour } = colours((top + y) * width + left + x);
          if (cell.textContent !== text) cell.textContent = text;
          cell.style.background = `rgb(${colour})`;
          cell.style.color = isDark(colour) ? "#fff" : "#000";
        });
      });
      marked?.classList.remove("ck-mark");
      marked = rows[markedRow][markedColumn];
      marked.classList.add("ck-mark");
    };
    resize(side);
    return { element, resize, set };
  }

  // Each trait by itself: where one comes from Python, what the learner set may still be on its way.
  const followOrder = (name) => ORDERS[name] !== order && setOrder(name);
  const followPosition = ([y, x]) => {
    if (y !== row || x !== column) move(y, x, null);
  };
  const stopFollowing = following(model, { _order: followOrder, _position: followPosition });
  showOrder();
  move(row, column, null);
  return () => {
    stopFollowing();
    draw.cancel();
    remember.now();
    close();
  };
}

/** One pixel: its colour, and a bar and a number for each channel and for gray. */
function pixelTable() {
  const swatch = node("div", { class: "ck-px-swatch", "aria-hidden": "true" });
  const caption = node("caption");
  const lines = [0, 1, 2, 3].map(() => {
    const line = { name: node("th", { scope: "row" }), bar: node("i"), number: node("td", { class: "ck-px-value" }) };
    const track = node("td", { class: "ck-px-track", "aria-hidden": "true" }, node("div", {}, line.bar));
    return { ...line, row: node("tr", {}, line.name, track, line.number) };
  });
  const table = node("table", { class: "ck-px-bars" }, caption, node("tbody", {}, ...lines.map((line) => line.row)));
  const element = node("div", { class: "ck-px-one" }, swatch, table);
  const name = (names) => {
    names.forEach((text, at) => {
      lines[at].name.textContent = text;
      lines[at].row.dataset.colour = text;
    });
  };
  const set = (row, column, values, colour, written) => {
    caption.textContent = `Pixel in row ${row}, column ${column}`;
    swatch.style.background = `rgb(${colour.map((value) => Math.round(255 * value))})`;
    values.forEach((value, at) => {
      lines[at].bar.style.width = `${100 * value}%`;
      lines[at].number.textContent = written(value);
    });
  };
  return { element, name, set };
}

export default { render };
