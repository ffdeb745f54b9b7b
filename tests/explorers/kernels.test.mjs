// kernels.js beside coursekit.reference, on vectors that Python wrote: see vectors.py and test_kernels_js.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as colours from "../../coursekit/explorers/page/colours.js";
import * as kernels from "../../coursekit/explorers/page/kernels.js";

const vectors = JSON.parse(readFileSync(process.env.COURSEKIT_VECTORS, "utf-8"));
const tried = new Set();

/** Test a kind of vector; `compare` gets each of them. */
function each(kind, compare) {
  tried.add(kind);
  test(kind, () => {
    assert.ok(vectors[kind].length > 10);
    for (const vector of vectors[kind]) compare(vector);
  });
}

function close(values, expected, tolerance = 1e-5) {
  assert.equal(values.length, expected.length);
  for (let at = 0; at < expected.length; at += 1) {
    const largest = Math.max(1, Math.abs(expected[at]));
    assert.ok(
      Math.abs(values[at] - expected[at]) <= tolerance * largest,
      `${at}: ${values[at]}, not ${expected[at]}`,
    );
  }
}

function closePlane(plane, rows, tolerance) {
  assert.deepEqual([plane.height, plane.width], [rows.length, rows[0].length]);
  close(plane.data, rows.flat(), tolerance);
}

const planeOf = kernels.planeOf;

each("correlate", ({ image, kernel, settings, expected }) => {
  closePlane(kernels.correlate(planeOf(image), planeOf(kernel), settings), expected);
});

each("changed_weight", ({ image, kernel, i, j, weight, expected }) => {
  const response = kernels.correlate(planeOf(image), planeOf(kernel));
  kernels.addShiftedInto(response, planeOf(image), weight - kernel[i][j], i, j);
  closePlane(response, expected);
});

each("convolve", ({ image, kernel, expected }) => {
  closePlane(kernels.correlate(planeOf(image), kernels.flipped(planeOf(kernel))), expected);
});

each("relu", ({ image, expected }) => {
  closePlane(kernels.relu(planeOf(image)), expected, 0);
});

each("pool", ({ image, size, settings, max, avg }) => {
  const map = planeOf(image);
  const { plane, winners } = kernels.pool(map, "max", size, settings);
  closePlane(plane, max, 0);
  winners.forEach((winner, at) => assert.equal(map.data[winner], plane.data[at]));
  const average = kernels.pool(map, "avg", size, settings);
  closePlane(average.plane, avg);
  assert.equal(average.winners, null);
});

each("output_size", ({ size, kernel, settings, expected }) => {
  const count = kernels.outputSize(size, kernel, settings);
  if (expected === null) assert.ok(count < 1);
  else assert.equal(count, expected);
});

each("receptive_field", ({ layers, index, expected }) => {
  const field = kernels.receptiveField(layers);
  assert.deepEqual(
    [field.size, field.step, field.firstCentre, ...kernels.span(field, index)],
    expected,
  );
});

each("colours", ({ image, kind, low, high, table, expected }) => {
  const map = planeOf(image);
  assert.deepEqual(kernels.sharedScale([map]), { low, high, kind });
  const pixels = new Uint32Array(map.data.length);
  colours.colourInto(pixels, map, { low, high }, colours.colourTable(table.flat()));
  const bytes = new Uint8Array(pixels.buffer);
  expected.flat().forEach((colour, at) => {
    assert.deepEqual([...bytes.subarray(4 * at, 4 * at + 4)], [...colour, 255]);
  });
});

each("map_scale", ({ image, expected }) => {
  const { low, high, beyond = 0 } = kernels.mapScale([planeOf(image), planeOf(image.slice(0, 3))]);
  close([low, high, beyond], expected, 1e-6);
});

each("ink", ({ colour, expected }) => {
  assert.equal(colours.isDark(colour), expected);
});

each("histogram", ({ image, low, high, bins, expected }) => {
  const counts = kernels.histogram(planeOf(image), low, high, bins);
  // A value on an edge may fall to either side; none here lies that near.
  assert.deepEqual([...counts], expected);
});

each("contributions", ({ inputs, kernels: weights, row, column, settings, expected }) => {
  const planes = (arrays) => arrays.map((rows) => planeOf(rows));
  close(kernels.contributions(planes(inputs), planes(weights), row, column, settings), expected);
});

each("halves", ({ bits, factor, expected }) => {
  const values = [...kernels.halves(Uint16Array.from(bits), factor)];
  assert.deepEqual(
    values.map((value) => (Number.isFinite(value) ? value : null)),
    expected,
  );
});

each("gray", ({ image, rgb, bgr, channels }) => {
  const [height, width] = [image.length, image[0].length];
  const data = Float32Array.from(image.flat(2));
  close(kernels.grayFrom(data), rgb.flat());
  close(kernels.grayFrom(data, [2, 1, 0]), bgr.flat());
  channels.forEach((rows, at) => closePlane(kernels.channelOf(data, height, width, at), rows, 0));
});

each("significant", ({ value, expected }) => {
  assert.equal(Number(kernels.significant(value).replaceAll("\u2212", "-")), expected);
});

each("patch", ({ image, row, column, dilation, expected }) => {
  const size = [expected.length, expected[0].length];
  closePlane(kernels.patch(planeOf(image), row, column, ...size, dilation), expected, 0);
});

each("unread_by", ({ length, count, window, expected }) => {
  assert.deepEqual(kernels.unreadBy(length, count, window), expected);
});

each("readers", ({ index, count, size, stride, expected }) => {
  const [first, last] = kernels.readers(index, count, size, stride);
  assert.deepEqual(
    Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at),
    expected,
  );
});

each("changes", ({ image, other, noise, expected }) => {
  const { data, count } = kernels.changes(planeOf(image), planeOf(other), noise);
  assert.deepEqual([...data], expected.flat());
  assert.equal(
    count,
    expected.flat().reduce((a, b) => a + b, 0),
  );
});

each("sign_shares", ({ image, noise, expected }) => {
  const { below, zero, above } = kernels.signShares(planeOf(image), noise);
  close([below, zero, above], expected, 1e-12);
});

each("activate", ({ image, rule, settings, expected }) => {
  closePlane(kernels.activate(planeOf(image), rule, settings), expected, 1e-6);
});

test("every kind of vector is tried", () => {
  assert.deepEqual([...tried].sort(), Object.keys(vectors).sort());
});

test("a patch beyond the edge is filled with zeros", () => {
  const image = planeOf([
    [1, 2],
    [3, 4],
  ]);
  assert.deepEqual([...kernels.patch(image, -1, 0, 2, 3).data], [0, 0, 0, 1, 2, 0]);
  assert.deepEqual([...kernels.patch(image, 0, 0, 2, 2, 2).data], [1, 0, 0, 0]);
});

test("products and their sum", () => {
  const both = kernels.products(planeOf([[1, 2, 3]]), planeOf([[4, 5, -6]]));
  assert.deepEqual([...both.data], [4, 10, -18]);
  assert.equal(kernels.total(both), -4);
});

test("the largest answer possible is that of the heavier sign", () => {
  assert.equal(kernels.reach(planeOf([[1, -3, 1]])), 3);
  assert.equal(kernels.reach(planeOf([[2, -1, 2]])), 4);
  assert.equal(kernels.reach(planeOf([[0]])), 0);
});

test("activations", () => {
  const map = planeOf([[-2, 0, 2]]);
  const values = (name, options) => [...kernels.activate(map, name, options).data];
  close(values("relu", { bias: 1 }), [0, 1, 3]);
  close(values("leaky", { slope: 0.5 }), [-1, 0, 2]);
  close(values("sigmoid"), [0.119203, 0.5, 0.880797]);
  close(values("tanh"), [-0.9640276, 0, 0.9640276]);
  close(values("identity"), [-2, 0, 2]);
  assert.throws(() => kernels.activate(map, "softplus"), /no activation is called softplus/);
});

test("what does not fit is refused", () => {
  const image = planeOf([[1, 2]]);
  assert.throws(() => kernels.correlate(image, planeOf([[1], [1]])), /does not fit/);
  assert.equal(kernels.pool(image, "max", 2), null);
  assert.throws(() => kernels.plane(2, 2, new Float32Array(3)), /3 values do not fill 2 x 2/);
});

test("what is not finite is magenta, and the ends belong to the scale", () => {
  const table = colours.grayTable();
  const pixels = new Uint32Array(6);
  const map = planeOf([[NaN, Infinity, -Infinity, -9, 9, 0.5]]);
  colours.colourInto(pixels, map, { low: 0, high: 1 }, table);
  const bytes = new Uint8Array(pixels.buffer);
  const found = Array.from({ length: 6 }, (_, at) => [...bytes.subarray(4 * at, 4 * at + 3)]);
  const magenta = [255, 0, 255];
  assert.deepEqual(found, [magenta, magenta, magenta, [0, 0, 0], [255, 255, 255], [128, 128, 128]]);
});

test("the ends of a plane, without what is not a number", () => {
  assert.deepEqual(kernels.extremes(planeOf([[3, -1, 2]])), [-1, 3]);
  assert.deepEqual(kernels.extremes(planeOf([[NaN, 4, NaN, -2]])), [-2, 4]);
  assert.deepEqual(kernels.extremes(planeOf([[NaN]])), [Infinity, -Infinity]);
});

test("one number has the colour that it has in a plane", () => {
  const table = colours.grayTable();
  for (const value of [-3, -1, -0.25, 0, 0.9, 1, 7]) {
    const pixels = new Uint32Array(1);
    colours.colourInto(pixels, planeOf([[value]]), { low: -1, high: 1 }, table);
    const expected = [...new Uint8Array(pixels.buffer, 0, 3)];
    assert.deepEqual(colours.colourOf(Math.fround(value), { low: -1, high: 1 }, table), expected);
  }
});

test("a photograph in two orders of its channels", () => {
  const pixels = new Uint32Array(1);
  colours.photographInto(pixels, [1, 0.5, 0]);
  assert.deepEqual([...new Uint8Array(pixels.buffer)], [255, 128, 0, 255]);
  colours.photographInto(pixels, [1, 0.5, 0], [2, 1, 0]);
  assert.deepEqual([...new Uint8Array(pixels.buffer)], [0, 128, 255, 255]);
});

test("the unit around a pixel", () => {
  const field = kernels.receptiveField([
    { kernel: 3, padding: 1 },
    { kernel: 2, stride: 2 },
  ]);
  assert.deepEqual(
    [0, 1, 2, 3, 9].map((pixel) => kernels.nearestUnit(field, pixel)),
    [-0, 0, 1, 1, 4],
  );
  assert.equal(kernels.nearestUnit(kernels.receptiveField([{ kernel: 5 }]), 0), -2); // no unit is there
});

test("significant digits", () => {
  const texts = [1234, 0.00123456, -1.2345, 0, -0, 2.0001, NaN].map((value) =>
    kernels.significant(value),
  );
  assert.deepEqual(texts, ["1230", "0.00123", "\u22121.23", "0", "0", "2", "NaN"]);
  assert.equal(kernels.significant(0.17456, 2), "0.17");
});

test("numbers are short, and minus is a minus", () => {
  assert.equal(kernels.shown(-1), "\u22121");
  assert.equal(kernels.shown(0.25), "0.25");
  assert.equal(kernels.shown(-0), "0");
  assert.equal(kernels.shown(1.23456, 3), "1.235");
  assert.equal(kernels.shown(NaN), "NaN");
  assert.equal(kernels.shown(-0.0004), "0.00"); // never less than zero where no digit says so
  assert.equal(kernels.shown(-0.0006, 3), "\u22120.001");
});

test("numbers fit into their cells", () => {
  const texts = [-12.25, 0.5, -112.25, 1234.56, 12345.6, -1e6, 1.5e6, -1.5e10, NaN].map((value) =>
    kernels.fitting(value),
  );
  const expected = [
    "-12.25",
    "0.50",
    "-112.3",
    "1234.6",
    "12346",
    "-1.0e6",
    "1.5e6",
    "-2e10",
    "NaN",
  ];
  assert.deepEqual(
    texts,
    expected.map((text) => text.replace(/^-/, "\u2212")),
  );
  assert.equal(kernels.fitting(-0.01234, 4), "\u22120.0123");
});

test("noise is zero for a scale", () => {
  const kernel = planeOf([[1, -1]]);
  const flat = planeOf([[1e-8, -1e-8]]);
  assert.equal(kernels.noiseOf(kernel), 1e-6);
  assert.deepEqual(kernels.sharedScale([flat], kernels.noiseOf(kernel)), {
    low: 0,
    high: 1,
    kind: "positive",
  });
  assert.equal(kernels.sharedScale([flat]).kind, "signed");
  assert.equal(
    kernels.sharedScale([planeOf([[0.5, -1e-8]])], kernels.noiseOf(kernel)).kind,
    "positive",
  );
});
