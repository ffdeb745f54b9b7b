// VggExplorer: a filter of VGG16 beside its map, all maps of its layer, and what a unit sees of the
// photograph.

import { aroundRelu, button, choice } from "./controls.js";
import { cutter, numbersOf, photographOf } from "./data.js";
import { clamp, colourBar, kept, node, numberGrid, whenNew } from "./elements.js";
import { explorer, holding } from "./explorer.js";
import {
  addShiftedInto,
  channelOf,
  divmod,
  extremes,
  halves,
  nearestUnit,
  plane,
  receptiveField,
  relu,
  mapScale,
  significant,
  span,
} from "./kernels.js";
import { overview, tilesAcross } from "./tiles.js";

const COLOURS = ["red", "green", "blue"];

function build({ model, state, tie, map, controls, stage, spoken, say, tables, redraw, onclose }) {
  const photo = photographOf(model);
  const layers = layersOf(model, photo);
  const layer = () => layers.find(({ name }) => name === state.layer);
  // What Python or another view sets comes one by one: until all is there, stay with what exists.
  const filterNow = () => Math.min(state.filter, layer().filters - 1);
  const channelNow = () => Math.min(state.channel, layer().inputs - 1);

  // What the learner does

  const choose = (row, column) => {
    state.position = [clamp(row, 0, layer().height - 1), clamp(column, 0, layer().width - 1)];
  };
  const chooseFilter = (filter) => {
    state.filter = clamp(filter, 0, layer().filters - 1);
    if (!layer().inputsOf(state.filter).includes(state.channel))
      state.channel = layer().inputsOf(state.filter)[0];
  };
  const chooseLayer = (name) => {
    const before = layer().field;
    state.layer = name;
    chooseFilter(state.filter);
    state.channel = layer().inputsOf(state.filter)[0];
    choose(
      ...state.position.map((unit) =>
        nearestUnit(layer().field, before.firstCentre + unit * before.step),
      ),
    );
  };
  const goToStrongest = () => {
    const { data, width } = layer().planes()[filterNow()];
    const best = data.indexOf(extremes({ data })[1]);
    choose(...divmod(best, width));
  };

  // Pictures

  const { height, width } = photo;
  const toUnit = (y, x) => choose(nearestUnit(layer().field, y), nearestUnit(layer().field, x));
  const picture = map({ label: "Photograph", height, width, onpoint: toUnit });
  picture.photograph(photo.data);
  const out = map({ label: "Map", onpoint: choose });
  const outBar = colourBar();
  out.element.append(outBar.element);
  const panel = filterPanel(map({ label: "In colour: gray is 0", height: 3, width: 3 }), tables);
  stage.append(picture.element, panel.element, out.element);
  const all = overview({ onchoose: chooseFilter });
  spoken.after(all.element);
  const sized = new ResizeObserver(redraw);
  sized.observe(all.element);
  onclose(() => sized.disconnect());

  // Controls

  const filterMenu = choice({ label: "Filter" });
  const channelMenu = choice({ label: "Reads" });
  const layerNames = layers.map(({ name, filters }) => [name, `${name} (${filters})`]);
  controls.append(
    tie("layer", choice({ label: "Layer", options: layerNames }), chooseLayer),
    tie("filter", filterMenu, chooseFilter),
    tie("channel", channelMenu),
    tie("maps", aroundRelu()),
    button({
      label: "Strongest unit",
      title: "Go to the largest value of this map",
      onclick: goToStrongest,
    }),
  );
  const offer = whenNew((name, filter) => {
    const { filters, before } = layer();
    const inputs = before ? layer().inputsOf(filter) : [0, 1, 2];
    filterMenu.offer(Array.from({ length: filters }, (_, at) => [at, `${at + 1} of ${filters}`]));
    channelMenu.offer(inputs.map((at) => [at, before ? `map ${at + 1}` : COLOURS[at]]));
    channelMenu.input.title = before
      ? `Maps of ${before}, those that ${name} listens to most first`
      : "";
  });

  // Drawing: what has not changed since the last frame is not drawn again

  const drawFilter = whenNew((_, at, channel) => panel.draw(layer(), at, channel));
  const drawMap = whenNew((name, at, kind) => {
    const scale = layer().scale(kind);
    out.paint(layer().map(at, kind), scale, tables[scale.kind]);
    out.caption(`Map ${at + 1}, ${layer().height} × ${layer().width}`);
    outBar.set(scale, tables[scale.kind]);
  });
  const drawAll = whenNew((_, kind, columns) =>
    all.paint(layer(), kind, tables[layer().scale(kind).kind], columns),
  );

  return () => {
    const [at, channel] = [filterNow(), channelNow()];
    offer(state.layer, at);
    filterMenu.set(at);
    channelMenu.set(channel);
    drawFilter(state.layer, at, channel);
    drawMap(state.layer, at, state.maps);
    drawAll(state.layer, state.maps, tilesAcross(all.element.clientWidth, layer().filters));
    all.choose(at);
    const row = clamp(state.position[0], 0, layer().height - 1);
    const column = clamp(state.position[1], 0, layer().width - 1);
    out.box("unit", row, column, 1, 1, "winner");
    out.point(row, column);
    drawField(picture, layer().field, row, column, photo);
    say(lineOf(layer(), at, row, column, photo));
  };
}

/** The chosen filter: in colour where it reads colours, and one of its kernels in numbers. */
function filterPanel(colour, tables) {
  const role = node("p", { class: "ck-caption" });
  const grid = numberGrid("Weights");
  const bar = colourBar();
  const named = { class: "ck-panel ck-small ck-filter", "data-part": "filter" };
  const element = node("div", named, role, grid.element, colour.element, bar.element);
  const draw = (layer, filter, channel) => {
    const scale = layer.weightScale;
    // A pooling may lie in between: the chain ends with it and this layer.
    const pooled = layer.windows.at(-2)?.stride === 2 ? ", pooled" : "";
    const name = layer.before ? `map ${channel + 1} of ${layer.before}${pooled}` : COLOURS[channel];
    colour.element.hidden = Boolean(layer.before);
    if (!layer.before) {
      const parts = COLOURS.map((_, at) => layer.kernel(filter, at).data);
      const mixed = Float32Array.from({ length: 27 }, (_, at) => parts[at % 3][Math.floor(at / 3)]);
      colour.photograph(mixed.map((weight) => 0.5 + weight / (2 * scale.high)));
    }
    const kernel = layer.kernel(filter, channel);
    grid.element.hidden = kernel === null;
    const digits = clamp(1 - Math.floor(Math.log10(scale.high)), 2, 6);
    if (kernel) grid.set(kernel, scale, tables.signed, digits);
    const few =
      layer.kept < layer.inputs ? `; the ${layer.kept} strongest of ${layer.inputs} are here` : "";
    role.textContent = `Filter ${filter + 1}: its kernel for ${name}${few}`;
    bar.set(scale, tables.signed);
  };
  return { element, draw };
}

/** Frame what the unit sees; what goes beyond the photograph is framed inside. */
function drawField(picture, field, row, column, { height, width }) {
  const [rows, columns] = [span(field, row), span(field, column)];
  const [top, left] = [Math.max(rows[0], 0), Math.max(columns[0], 0)];
  const [bottom, right] = [Math.min(rows[1], height - 1), Math.min(columns[1], width - 1)];
  const inside =
    top === rows[0] && left === columns[0] && bottom === rows[1] && right === columns[1];
  picture.box("field", top, left, bottom - top + 1, right - left + 1, inside ? "field" : "within");
  picture.caption(`Photograph: ${field.size} × ${field.size} seen`);
  picture.keysStep = field.step; // an arrow key goes to the next unit, from the middle of what this one sees
  picture.point(...[row, column].map((unit) => Math.floor(field.firstCentre + unit * field.step)));
}

function lineOf(layer, filter, row, column, { height, width }) {
  const [rows, columns] = [span(layer.field, row), span(layer.field, column)];
  const outside = [
    [-rows[0], "above"],
    [rows[1] - height + 1, "below"],
    [-columns[0], "on the left"],
    [columns[1] - width + 1, "on the right"],
  ].filter(([count]) => Number(count) > 0);
  const value = layer.planes()[filter].data[row * layer.width + column];
  const { size } = layer.field;
  const padding = outside.map(([count, where]) => `${count} ${where}`).join(", ");
  return (
    `${layer.name}, filter ${filter + 1}, row ${row}, column ${column}: ${significant(value)}, and ReLU ` +
    `${value > 0 ? "keeps it" : "makes it 0"}. It sees ${size} × ${size} pixels: rows ` +
    `${significant(rows[0], 6)} to ${rows[1]}, columns ${significant(columns[0], 6)} to ${columns[1]}.` +
    (padding ? ` Beyond the photograph there is padding: ${padding}.` : "")
  );
}

/** The layers with what is computed only when it is looked at. */
function layersOf(model, photo) {
  const maps = cutter(numbersOf(model.get("_maps")));
  const weights = cutter(numbersOf(model.get("_weights"), Uint16Array));
  const strongest = cutter(numbersOf(model.get("_inputs"), Uint16Array));
  const all = model.get("_layers");
  return all.map((told, index) => {
    const { filters, height, width, kept: count } = told;
    const before = index > 0 ? all[index - 1].name : null;
    const sent = before ? cutter(maps(filters * height * width)) : null;
    const kernels = halves(weights(filters * count * 9), told.factor);
    const inputs = strongest(filters * count);
    const inputsOf = (filter) => [...inputs.subarray(filter * count, (filter + 1) * count)];
    const kernel = (filter, channel) => {
      const at = inputsOf(filter).indexOf(channel);
      const from = 9 * (filter * count + at);
      return at < 0 ? null : plane(3, 3, kernels.subarray(from, from + 9));
    };
    const planes = once(() =>
      sent
        ? Array.from({ length: filters }, () => plane(height, width, sent(height * width)))
        : firstMaps(model, photo, told),
    );
    const scales = {
      before: once(() => mapScale(planes())),
      after: once(() => mapScale(planes().map(relu))),
    };
    const end = Math.max(...extremes({ data: kernels }).map(Math.abs)) || 1;
    return {
      ...told,
      before,
      field: receptiveField(told.windows),
      planes,
      map: (filter, kind) => (kind === "after" ? relu(planes()[filter]) : planes()[filter]),
      scale: (kind) => scales[kind](),
      weightScale: { low: -end, high: end, kind: "signed" },
      kernel,
      inputsOf,
    };
  });
}

function once(make) {
  return kept(() => "once", make);
}

/** The first layer's maps, of each channel minus its mean, over its spread, as the network gets it. */
function firstMaps(model, photo, { filters, height, width }) {
  const [mean, std] = model.get("_normal");
  const numbers = numbersOf(model.get("_first"));
  const colours = COLOURS.map((_, colour) => {
    const { data } = channelOf(photo.data, height, width, colour);
    return plane(
      height,
      width,
      data.map((value) => (value - mean[colour]) / std[colour]),
    );
  });
  return Array.from({ length: filters }, (_, filter) => {
    const out = plane(
      height,
      width,
      new Float32Array(height * width).fill(numbers[27 * filters + filter]),
    );
    for (let at = 0; at < 27; at += 1) {
      const [colour, i, j] = [Math.floor(at / 9), Math.floor(at / 3) % 3, at % 3];
      addShiftedInto(out, colours[colour], numbers[27 * filter + at], i, j, { padding: 1 });
    }
    return out;
  });
}

export default explorer({
  name: "vgg",
  title: (model) =>
    `VGG explorer: a filter, its map, and what a unit sees (${model.get("_origin")})`,
  help: [
    "Point at the map to choose a unit, or at the photograph to choose the unit in the middle of " +
      "whose field you are. Arrow keys go to the next unit, with Shift by 10. " +
      holding("unit"),
    "All maps of the layer: click one to see it large, or use the arrow keys. Reads: a filter has " +
      "one kernel for each map of the layer before, and this one is shown.",
    "Filters and maps are counted from 1, rows and columns from 0.",
  ],
  traits: ["layer", "filter", "channel", "maps"],
  build,
});
