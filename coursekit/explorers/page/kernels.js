// The arithmetic of the explorers: pure functions, the same numbers as coursekit.reference in Python.
//
// A plane is { data, height, width }: one channel, row after row, data a Float32Array (or another array of
// numbers). Functions return new planes and change nothing they are given, except where a name says "into".

/** Make a plane of zeros, or around the data given. */
export function plane(height, width, data = new Float32Array(height * width)) {
  if (data.length !== height * width) {
    throw new RangeError(`${data.length} values do not fill ${height} x ${width}`);
  }
  return { data, height, width };
}

/** Make a plane of rows, as in [[1, 2], [3, 4]]. */
export function planeOf(rows) {
  return plane(rows.length, rows[0].length, Float32Array.from(rows.flat()));
}

/**
 * Row and column of an index into rows of this width.
 * @type {(index: number, width: number) => [number, number]}
 */
export function divmod(index, width) {
  return [Math.floor(index / width), index % width];
}

/** How many positions a window has along one direction; 0 or less where it does not fit at all. */
export function outputSize(
  size,
  kernel,
  { stride = 1, padding = 0, dilation = 1, ceil = false } = {},
) {
  const room = size + 2 * padding - dilation * (kernel - 1) - 1;
  let count = Math.floor((room + (ceil ? stride - 1 : 0)) / stride) + 1;
  if (ceil && (count - 1) * stride >= size + padding) count -= 1; // a window in the padding only
  return count;
}

/** Cross-correlation: what a conv layer computes. The kernel is a plane; what lies outside the image is 0. */
export function correlate(image, kernel, { stride = 1, padding = 0, dilation = 1 } = {}) {
  const options = { stride, padding, dilation };
  const height = outputSize(image.height, kernel.height, options);
  const width = outputSize(image.width, kernel.width, options);
  if (height < 1 || width < 1) throw new RangeError("the kernel does not fit into the image");
  const out = plane(height, width);
  for (let i = 0; i < kernel.height; i += 1) {
    for (let j = 0; j < kernel.width; j += 1) {
      addShiftedInto(out, image, kernel.data[i * kernel.width + j], i, j, options);
    }
  }
  return out;
}

/**
 * Add one weight's share to a response: the image, moved by (i, j) and multiplied.
 *
 * A response is the sum of these shares, so a changed weight costs one share and not all of them.
 */
export function addShiftedInto(
  out,
  image,
  weight,
  i,
  j,
  { stride = 1, padding = 0, dilation = 1 } = {},
) {
  if (weight === 0) return;
  const top = i * dilation - padding;
  const left = j * dilation - padding;
  // The outputs whose pixel lies inside the image.
  const firstX = Math.max(0, Math.ceil(-left / stride));
  const lastX = Math.min(out.width - 1, Math.floor((image.width - 1 - left) / stride));
  const { data } = out;
  const pixels = image.data;
  for (let y = 0; y < out.height; y += 1) {
    const row = y * stride + top;
    if (row < 0 || row >= image.height) continue;
    let at = row * image.width + firstX * stride + left;
    const end = y * out.width + lastX;
    for (let to = y * out.width + firstX; to <= end; to += 1) {
      data[to] += weight * pixels[at];
      at += stride;
    }
  }
}

/** The pixels under a window whose first pixel is (row, column), as a plane; outside the image they are 0. */
export function patch(image, row, column, height, width, dilation = 1) {
  const out = plane(height, width);
  for (let i = 0; i < height; i += 1) {
    for (let j = 0; j < width; j += 1) {
      out.data[i * width + j] = pixelOf(image, row + i * dilation, column + j * dilation);
    }
  }
  return out;
}

/** One value of a plane; outside of it 0. */
export function pixelOf(image, row, column) {
  const inside = row >= 0 && row < image.height && column >= 0 && column < image.width;
  return inside ? image.data[row * image.width + column] : 0;
}

/** Products of two planes of one shape, place by place. */
export function products(a, b) {
  return plane(
    a.height,
    a.width,
    a.data.map((value, at) => value * b.data[at]),
  );
}

/** Sum of all values, added in double precision. */
export function total(values) {
  let sum = 0;
  for (let at = 0; at < values.data.length; at += 1) sum += values.data[at];
  return sum;
}

/** A kernel turned by 180 degrees: with it, cross-correlation becomes convolution. */
export function flipped(kernel) {
  return plane(kernel.height, kernel.width, Float32Array.from(kernel.data).reverse());
}

/** The largest size that the kernel's answer can have for pixels from 0 to 1. */
export function reach(kernel) {
  let positive = 0;
  let negative = 0;
  for (const weight of kernel.data) {
    if (weight > 0) positive += weight;
    else negative -= weight;
  }
  return Math.max(positive, negative);
}

/** Whether two planes have one shape, and values that differ by no more than `noise`. */
export function alike(a, b, noise = 0) {
  const equal = (value, at) => Math.abs(value - b.data[at]) <= noise;
  return a.height === b.height && a.width === b.width && a.data.every(equal);
}

/** The rows of a plane, as Python reads them. */
export function rowsOf(map) {
  return Array.from({ length: map.height }, (_, row) =>
    Array.from(map.data.subarray(row * map.width, (row + 1) * map.width)),
  );
}

/** What is smaller than this in an answer of the kernel is rounding, as in Python. */
export function noiseOf(kernel) {
  return 1e-6 * reach(kernel);
}

const ACTIVATIONS = {
  relu: (x) => (x > 0 ? x : 0),
  leaky: (x, slope) => (x > 0 ? x : slope * x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: (x) => Math.tanh(x),
  identity: (x) => x,
};

/** Apply "relu", "leaky" (with a slope), "sigmoid", "tanh" or "identity" to every value plus a bias. */
export function activate(map, name, { bias = 0, slope = 0.1 } = {}) {
  const rule = ACTIVATIONS[name];
  if (!rule) throw new RangeError(`no activation is called ${name}`);
  const out = plane(map.height, map.width);
  for (let at = 0; at < map.data.length; at += 1) out.data[at] = rule(map.data[at] + bias, slope);
  return out;
}

/** max(x, 0). */
export function relu(map) {
  return activate(map, "relu");
}

/**
 * Max or average pooling, as torch does it: an average does not count what a last window that only partly
 * fits (ceil) has beyond the map.
 *
 * Returns null where the window does not fit, else the plane and, for "max", where each winner stands in
 * the input (its index, the first of equals), else null.
 */
export function pool(map, kind, size, { stride = size, ceil = false } = {}) {
  const height = outputSize(map.height, size, { stride, ceil });
  const width = outputSize(map.width, size, { stride, ceil });
  if (height < 1 || width < 1) return null;
  const out = plane(height, width);
  const winners = kind === "max" ? new Int32Array(height * width) : null;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const { top, left, bottom, right } = poolWindow(map, y, x, size, stride);
      let best = -Infinity;
      let winner = -1;
      let sum = 0;
      for (let row = top; row < bottom; row += 1) {
        for (let column = left; column < right; column += 1) {
          const value = map.data[row * map.width + column];
          sum += value;
          if (value > best) {
            best = value;
            winner = row * map.width + column;
          }
        }
      }
      out.data[y * width + x] = winners ? best : sum / ((bottom - top) * (right - left));
      if (winners) winners[y * width + x] = winner;
    }
  }
  return { plane: out, winners };
}

/** The part of a pooling window inside the map, as [top, bottom) x [left, right). */
export function poolWindow(map, y, x, size, stride) {
  const [top, left] = [y * stride, x * stride];
  const bottom = Math.min(top + size, map.height);
  const right = Math.min(left + size, map.width);
  return { top, left, bottom, right };
}

/** Which pixels a value has seen after layers of { kernel, stride, padding, dilation }, along one side. */
export function receptiveField(layers) {
  let size = 1;
  let step = 1;
  let firstCentre = 0;
  for (const { kernel, stride = 1, padding = 0, dilation = 1 } of layers) {
    const width = (kernel - 1) * dilation;
    size += width * step;
    firstCentre += (width / 2 - padding) * step;
    step *= stride;
  }
  return { size, step, firstCentre };
}

/** First and last input pixel that value number `index` has seen; beyond the edge lies padding. */
export function span(field, index) {
  const first = field.firstCentre + index * field.step - (field.size - 1) / 2;
  return [first, first + field.size - 1];
}

/** Smallest and largest value; NaN is left out. */
export function extremes(map) {
  const { data } = map;
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < data.length; at += 1) {
    low = Math.min(low, data[at]);
    high = Math.max(high, data[at]);
  }
  // Both are quick and pass NaN on: then the others are looked at by themselves.
  return Number.isNaN(low)
    ? extremes({ data: data.filter((value) => !Number.isNaN(value)) })
    : [low, high];
}

/** How many values fall into each of `bins` equal bins from low to high; the last bin holds high too. */
export function histogram(map, low, high, bins) {
  const counts = new Uint32Array(bins);
  const scale = bins / (high - low);
  for (let at = 0; at < map.data.length; at += 1) {
    const value = map.data[at];
    if (value >= low && value <= high)
      counts[Math.min(Math.floor((value - low) * scale), bins - 1)] += 1;
  }
  return counts;
}

/**
 * The scale of coursekit.pictures: zero in the middle of "signed" where anything is negative, else at the
 * start of "positive". Takes planes that are compared with each other, so that they share it. What is at
 * most `noise` away from zero counts as zero.
 */
export function sharedScale(maps, noise = 0) {
  let low = 0;
  let high = 0;
  for (const map of maps) {
    const ends = extremes(map);
    if (ends[0] < -noise) low = Math.min(low, ends[0]);
    if (ends[1] > noise) high = Math.max(high, ends[1]);
  }
  if (low < 0) {
    const end = Math.max(-low, high);
    return { low: -end, high: end, kind: "signed" };
  }
  return { low: 0, high: high || 1, kind: "positive" };
}

/**
 * The scale on which maps can be seen, as `Scale.of_maps`: of the values other than zero one in 200 may lie
 * beyond it, to `beyond`, if the largest lies a quarter beyond all others or more.
 */
export function mapScale(maps, noise = 0) {
  const whole = sharedScale(maps, noise);
  const over = (least) => maps.map(({ data }) => data.filter((value) => Math.abs(value) > least));
  const count = (parts) => parts.reduce((sum, part) => sum + part.length, 0);
  const few = Math.floor(count(over(1e-6 * whole.high)) / 200);
  if (few === 0) return whole;
  let [least, top] = [whole.high, []];
  while (count(top) <= few) top = over((least /= 2));
  const sizes = top.flatMap((part) => Array.from(part, Math.abs));
  const end = sizes.sort((a, b) => b - a)[few];
  return whole.high <= 1.25 * end
    ? whole
    : { ...whole, low: whole.low && -end, high: end, beyond: whole.high };
}

/**
 * The scale of a kernel's response, as the lessons draw it: with weights that add up to 1 it is a photograph
 * again, gray from 0 to 1; what is only rounding has no colour.
 */
export function responseScale(response, kernel) {
  return keepsBrightness(kernel)
    ? { low: 0, high: 1, kind: "gray" }
    : mapScale([response], noiseOf(kernel));
}

/** Whether a kernel's weights add up to 1, so that a plain area stays as bright as it was. */
export function keepsBrightness(kernel) {
  return Math.abs(total(kernel) - 1) <= noiseOf(kernel);
}

/** A number in a few characters, whole numbers whole, with a minus sign that is one. */
export function shown(value, digits = 2) {
  if (!Number.isFinite(value)) return String(value);
  const whole = Math.abs(value - Math.round(value)) < 1e-6 * Math.max(1, Math.abs(value));
  const text = whole ? String(Math.round(value)) : value.toFixed(digits);
  const clean = Number(text) === 0 ? text.replace("-", "") : text;
  return clean.replace("-", "\u2212");
}

/** A number as `shown`, with fewer digits where it is large: at most `digits` + 4 characters. */
export function fitting(value, digits = 2) {
  const texts = Array.from({ length: digits + 1 }, (_, less) => shown(value, digits - less));
  const powers = [1, 0].map((places) =>
    value.toExponential(places).replace("e+", "e").replace(/^-/, "\u2212"),
  );
  return [...texts, ...powers].find((text) => text.length <= digits + 4) ?? powers[1];
}

/** What each input plane adds to one value of a conv layer: the sum of its patch times its kernel. */
export function contributions(
  inputs,
  weights,
  row,
  column,
  { stride = 1, padding = 0, dilation = 1 } = {},
) {
  const top = row * stride - padding;
  const left = column * stride - padding;
  return weights.map((kernel, at) =>
    total(products(patch(inputs[at], top, left, kernel.height, kernel.width, dilation), kernel)),
  );
}

/**
 * The unit, counted along one direction, whose field lies nearest around an input pixel; it may not exist.
 */
export function nearestUnit(field, index) {
  return Math.round((index - field.firstCentre) / field.step);
}

/** Numbers of 16 bits (IEEE 754), given as a Uint16Array, as float32, each times `factor`. */
export function halves(bits, factor = 1) {
  const out = new Float32Array(bits.length);
  for (let at = 0; at < bits.length; at += 1) {
    const sign = bits[at] & 0x8000 ? -factor : factor;
    const exponent = (bits[at] >> 10) & 0x1f;
    const rest = bits[at] & 0x3ff;
    if (exponent === 0) out[at] = sign * rest * 2 ** -24;
    else if (exponent === 31) out[at] = rest ? NaN : sign * Infinity;
    else out[at] = sign * (1024 + rest) * 2 ** (exponent - 25);
  }
  return out;
}

/** A number with so many significant digits, small ones written out, with a minus sign that is one. */
export function significant(value, digits = 3) {
  if (!Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(digits)))
    .replaceAll("-", "\u2212")
    .replace(/^\u22120$/, "0");
}

/**
 * First and last of `count` windows that hold an input value, along one direction; none where last < first.
 */
export function readers(index, count, size, stride) {
  return [
    Math.max(0, Math.floor((index - size) / stride) + 1),
    Math.min(count - 1, Math.floor(index / stride)),
  ];
}

/** Which of `length` pixels none of `count` windows reads, along one direction. */
export function unreadBy(length, count, { kernel, stride = 1, padding = 0, dilation = 1 }) {
  const read = new Set();
  for (let at = 0; at < count; at += 1)
    for (let tap = 0; tap < kernel; tap += 1) read.add(at * stride - padding + tap * dilation);
  return Array.from({ length }, (_, at) => at).filter((at) => !read.has(at));
}

/** Which values of two planes of one shape differ by more than `noise`: 1 or 0 for each, and how many. */
export function changes(a, b, noise = 0) {
  const data = new Uint8Array(a.data.length);
  let count = 0;
  for (let at = 0; at < data.length; at += 1) {
    if (Math.abs(a.data[at] - b.data[at]) > noise) {
      data[at] = 1;
      count += 1;
    }
  }
  return { data, count };
}

/** Shares of the values below, at and above zero; what is at most `noise` away counts as zero. */
export function signShares(map, noise = 0) {
  let below = 0;
  let above = 0;
  for (let at = 0; at < map.data.length; at += 1) {
    if (map.data[at] < -noise) below += 1;
    else if (map.data[at] > noise) above += 1;
  }
  const all = map.data.length;
  return { below: below / all, zero: (all - below - above) / all, above: above / all };
}

/** One channel of a photograph whose channels come last. */
export function channelOf(data, height, width, channel) {
  const out = plane(height, width);
  for (let at = 0; at < out.data.length; at += 1) out.data[at] = data[3 * at + channel];
  return out;
}

/** Brightness: 0.299 red + 0.587 green + 0.114 blue. `order` is the channel for each of them. */
export function grayFrom(data, order = [0, 1, 2]) {
  const [red, green, blue] = order;
  const out = new Float32Array(data.length / 3);
  for (let at = 0; at < out.length; at += 1) {
    out[at] =
      0.299 * data[3 * at + red] + 0.587 * data[3 * at + green] + 0.114 * data[3 * at + blue];
  }
  return out;
}
