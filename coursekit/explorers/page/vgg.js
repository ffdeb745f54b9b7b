// VggExplorer: a filter of VGG16 beside its map, all maps of its layer, and what a unit sees of the photograph.

import {
  addShiftedInto,
  extremes,
  halves,
  nearestUnit,
  plane,
  receptiveField,
  relu,
  sharedScale,
  significant,
  span,
} from "./kernels.js";
import { heldElsewhere, mapView } from "./maps.js";
import {
  arrayOf,
  aroundRelu,
  begin,
  button,
  choice,
  clamp,
  colourBar,
  floats,
  frames,
  node,
  numberGrid,
  tablesOf,
} from "./parts.js";
import { following, remembering } from "./state.js";
import { overview, tilesAcross } from "./tiles.js";

const COLOURS = ["red", "green", "blue"];

function render({ model, el }) {
  const photo = arrayOf(model, "_photograph");
  const [tall, wide] = photo.shape;
  const tables = tablesOf(model);
  const remember = remembering(model);
  const layers = layersOf(model, photo);
  let at = model.get("_layer");
  let filter = model.get("_filter");
  let channel = model.get("_channel");
  let [row, column] = model.get("_position");
  let kind = "after";

  const { root, controls, stage, say, close } = begin(el, {
    name: "vgg",
    title: `VGG explorer: a filter, its map, and what a unit sees (${model.get("_origin")})`,
    help: [
      "Point at the map to choose a unit, or at the photograph to choose the unit in the middle of whose field you " +
        "are. Arrow keys go to the next unit, with Shift by 10. Click, tap or Enter holds the unit; once more, or " +
        "Escape, frees it. A finger moves a held unit.",
      "All maps of the layer: click one to see it large, or use the arrow keys. Reads: a filter has one kernel for " +
        "each map of the layer before, and this one is shown.",
      "Filters and maps are counted from 1, rows and columns from 0.",
    ],
  });

  const picture = mapView({
    label: "Photograph",
    height: tall,
    width: wide,
    onpoint: (y, x, hovering) => {
      const field = receptiveField(layers[at].windows);
      pointed(picture, nearestUnit(field, y), nearestUnit(field, x), hovering);
    },
  });
  picture.photograph(photo.data);
  const out = mapView({
    label: "Map",
    height: layers[at].height,
    width: layers[at].width,
    onpoint: (y, x, hovering) => pointed(out, y, x, hovering),
  });
  const outBar = colourBar();
  out.element.append(outBar.element);

  const colour = mapView({ label: "In colour: gray is 0", height: 3, width: 3 });
  const grid = numberGrid({ label: "Weights", height: 3, width: 3 });
  const kernelBar = colourBar();
  const panel = node("div", { class: "ck-panel ck-small ck-filter", "data-part": "filter" });
  const role = node("p", { class: "ck-caption" });
  panel.append(colour.element, role, grid.element, kernelBar.element);
  stage.append(picture.element, panel, out.element);
  const all = overview({ onchoose: (next) => setFilter(next) });
  root.querySelector("[data-part=spoken]").after(all.element);

  // Controls

  const layerMenu = choice({
    label: "Layer",
    options: layers.map(({ name, filters }, index) => [index, `${name} (${filters})`]),
    value: at,
    onvalue: (value) => setLayer(Number(value)),
  });
  const filterMenu = choice({
    label: "Filter",
    options: [],
    value: filter,
    onvalue: (value) => setFilter(Number(value)),
  });
  const channelMenu = choice({
    label: "Reads",
    options: [],
    value: channel,
    onvalue: (value) => {
      channel = Number(value);
      chosen();
    },
  });
  const kindMenu = aroundRelu(kind, (value) => {
    kind = value;
    draw();
  });
  const strongest = button({
    label: "Strongest unit",
    title: "Go to the largest value of this map",
    onclick: () => {
      const { data, width } = layers[at].planes()[filter];
      const best = data.indexOf(extremes({ data })[1]);
      [row, column] = [Math.floor(best / width), best % width];
      chosen();
    },
  });
  controls.append(layerMenu.element, filterMenu.element, channelMenu.element, kindMenu.element, strongest);

  // What the learner does

  function pointed(from, y, x, hovering) {
    if (heldElsewhere(from, [picture, out], hovering)) return;
    [row, column] = [y, x];
    chosen();
  }

  function setLayer(next) {
    const [before, after] = [at, next].map((index) => receptiveField(layers[index].windows));
    row = nearestUnit(after, before.firstCentre + row * before.step);
    column = nearestUnit(after, before.firstCentre + column * before.step);
    at = next;
    filter = Math.min(filter, layers[at].filters - 1);
    channel = layers[at].inputsOf(filter)[0];
    chosen();
  }

  function setFilter(next) {
    filter = clamp(next, 0, layers[at].filters - 1);
    if (!layers[at].inputsOf(filter).includes(channel)) channel = layers[at].inputsOf(filter)[0];
    chosen();
  }

  function chosen() {
    row = clamp(row, 0, layers[at].height - 1);
    column = clamp(column, 0, layers[at].width - 1);
    remember("_layer", at);
    remember("_filter", filter);
    remember("_channel", channel);
    remember("_position", [row, column]);
    draw();
  }

  // Drawing: what has not changed since the last frame is not drawn again

  const drawn = { menus: "", filter: "", map: "", all: "" };
  const isNew = (name, key) => {
    if (drawn[name] === key) return false;
    drawn[name] = key;
    return true;
  };

  const draw = frames(() => {
    drawMenus();
    if (isNew("filter", `${at} ${filter} ${channel}`)) drawFilter();
    const scale = layers[at].scale(kind);
    if (isNew("map", `${at} ${filter} ${kind}`)) {
      out.paint(layers[at].map(filter, kind), scale, tables[scale.kind]);
      out.caption(`Map ${filter + 1} of ${layers[at].name}, ${layers[at].height} × ${layers[at].width}`);
      outBar.set(scale, tables[scale.kind]);
    }
    const columns = tilesAcross(all.element.clientWidth, layers[at].filters);
    if (isNew("all", `${at} ${kind} ${columns}`)) all.paint(layers[at], kind, tables[scale.kind], columns);
    all.choose(filter);
    drawUnit();
  });

  function drawMenus() {
    if (isNew("menus", `${at} ${filter}`)) {
      const { filters, name } = layers[at];
      fill(filterMenu.input, Array.from({ length: filters }, (_, index) => [index, `${index + 1} of ${filters}`]));
      const before = at === 0 ? null : layers[at - 1].name;
      const inputs = at === 0 ? [0, 1, 2] : layers[at].inputsOf(filter);
      fill(channelMenu.input, inputs.map((index) => [index, before ? `map ${index + 1}` : COLOURS[index]]));
      channelMenu.input.title = before ? `Maps of ${before}, those that ${name} listens to most first` : "";
    }
    layerMenu.set(at);
    filterMenu.set(filter);
    channelMenu.set(channel);
  }

  function drawFilter() {
    const layer = layers[at];
    const scale = layer.weightScale;
    // A pooling may lie in between: the chain ends with it and this layer.
    const pooled = layer.windows.at(-2)?.stride === 2 ? ", pooled" : "";
    const name = at === 0 ? COLOURS[channel] : `map ${channel + 1} of ${layers[at - 1].name}${pooled}`;
    colour.element.hidden = at > 0;
    if (at === 0) {
      const parts = COLOURS.map((_, index) => layer.kernel(filter, index).data);
      const mixed = Float32Array.from({ length: 27 }, (_, spot) => parts[spot % 3][Math.floor(spot / 3)]);
      colour.photograph(mixed.map((weight) => 0.5 + weight / (2 * scale.high)));
    }
    const kernel = layer.kernel(filter, channel);
    grid.element.hidden = kernel === null;
    if (kernel) grid.set(kernel, scale, tables.signed, clamp(1 - Math.floor(Math.log10(scale.high)), 2, 6));
    const few = layer.kept < layer.inputs ? `; the ${layer.kept} strongest of ${layer.inputs} are here` : "";
    role.textContent = `Filter ${filter + 1}: its kernel for ${name}${few}`;
    kernelBar.set(scale, tables.signed);
  }

  function drawUnit() {
    const layer = layers[at];
    const field = receptiveField(layer.windows);
    const [rows, columns] = [span(field, row), span(field, column)];
    const beyond = [
      [-rows[0], "above"],
      [rows[1] - tall + 1, "below"],
      [-columns[0], "on the left"],
      [columns[1] - wide + 1, "on the right"],
    ].filter(([count]) => count > 0);
    const [top, left] = [Math.max(rows[0], 0), Math.max(columns[0], 0)];
    const [bottom, right] = [Math.min(rows[1], tall - 1), Math.min(columns[1], wide - 1)];
    const kindOfBox = beyond.length > 0 ? "within" : "field";
    picture.box("field", top, left, bottom - top + 1, right - left + 1, kindOfBox);
    picture.caption(`Photograph, ${tall} × ${wide}: ${field.size} × ${field.size} seen`);
    picture.keysStep = field.step; // an arrow key goes to the next unit, from the middle of what this one sees
    picture.point(Math.floor(field.firstCentre + row * field.step), Math.floor(field.firstCentre + column * field.step));
    out.box("unit", row, column, 1, 1, "winner");
    out.point(row, column);
    const value = layer.planes()[filter].data[row * layer.width + column];
    const outside = beyond.map(([count, where]) => `${count} ${where}`).join(", ");
    say(
      `${layer.name}, filter ${filter + 1}, row ${row}, column ${column}: ${significant(value)}, and ReLU ` +
        `${value > 0 ? "keeps it" : "makes it 0"}. It sees ${field.size} × ${field.size} pixels: rows ` +
        `${significant(rows[0], 6)} to ${rows[1]}, columns ${significant(columns[0], 6)} to ${columns[1]}.` +
        (outside ? ` Beyond the photograph there is padding: ${outside}.` : ""),
    );
  }

  const follow = () => {
    at = model.get("_layer");
    filter = Math.min(model.get("_filter"), layers[at].filters - 1);
    channel = Math.min(model.get("_channel"), layers[at].inputs - 1);
    [row, column] = model.get("_position");
    row = clamp(row, 0, layers[at].height - 1);
    column = clamp(column, 0, layers[at].width - 1);
    draw();
  };
  const stopFollowing = following(model, { _layer: follow, _filter: follow, _channel: follow, _position: follow });
  const sized = new ResizeObserver(() => draw());
  sized.observe(all.element);
  draw();
  return () => {
    stopFollowing();
    sized.disconnect();
    draw.cancel();
    remember.now();
    close();
  };
}

/** The layers with what is computed only when it is looked at. */
function layersOf(model, photo) {
  const maps = cutter(floats(model.get("_maps")));
  const weights = cutter(numbersOf(model.get("_weights"), Uint16Array));
  const strongest = cutter(numbersOf(model.get("_inputs"), Uint16Array));
  return model.get("_layers").map((told, index) => {
    const size = told.height * told.width;
    const sent = index > 0 ? maps(told.filters * size) : null;
    const kernels = halves(weights(told.filters * told.kept * 9), told.factor);
    const inputs = strongest(told.filters * told.kept);
    const inputsOf = (filter) => inputs.subarray(filter * told.kept, (filter + 1) * told.kept);
    const kernel = (filter, channel) => {
      const place = inputsOf(filter).indexOf(channel);
      const from = 9 * (filter * told.kept + place);
      return place < 0 ? null : plane(3, 3, kernels.subarray(from, from + 9));
    };
    const planes = kept(() =>
      index > 0
        ? Array.from({ length: told.filters }, (_, map) =>
            plane(told.height, told.width, sent.subarray(map * size, (map + 1) * size)),
          )
        : firstMaps(model, photo, told),
    );
    const scales = {
      before: kept(() => sharedScale(planes())),
      after: kept(() => ({ low: 0, high: Math.max(...planes().map((map) => extremes(map)[1]), 0) || 1, kind: "positive" })),
    };
    const end = Math.max(...extremes({ data: kernels }).map(Math.abs)) || 1;
    return {
      ...told,
      planes,
      map: (filter, kind) => (kind === "after" ? relu(planes()[filter]) : planes()[filter]),
      scale: (kind) => scales[kind](),
      weightScale: { low: -end, high: end, kind: "signed" },
      kernel,
      inputsOf: (filter) => [...inputsOf(filter)],
    };
  });
}

/** The first layer's maps, from the photograph as the network gets it: each channel minus its mean, over its spread. */
function firstMaps(model, photo, { filters, height, width }) {
  const [mean, std] = model.get("_normal");
  const numbers = floats(model.get("_first"));
  const colours = mean.map((_, colour) =>
    plane(
      height,
      width,
      Float32Array.from({ length: height * width }, (_, at) => (photo.data[3 * at + colour] - mean[colour]) / std[colour]),
    ),
  );
  return Array.from({ length: filters }, (_, filter) => {
    const out = plane(height, width, new Float32Array(height * width).fill(numbers[27 * filters + filter]));
    for (let at = 0; at < 27; at += 1) {
      const [colour, i, j] = [Math.floor(at / 9), Math.floor(at / 3) % 3, at % 3];
      addShiftedInto(out, colours[colour], numbers[27 * filter + at], i, j, { padding: 1 });
    }
    return out;
  });
}

/** What a function gives, computed when it is asked for the first time. */
function kept(make) {
  let made;
  return () => (made ??= make());
}

function numbersOf(bytes, Kind) {
  return new Kind(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** A function that gives the next so many numbers. */
function cutter(all) {
  let from = 0;
  return (count) => {
    from += count;
    return all.subarray(from - count, from);
  };
}

function fill(select, options) {
  select.replaceChildren(...options.map(([value, text]) => node("option", { value }, text)));
}

export default { render };
