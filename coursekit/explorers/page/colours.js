// Colours of pixels: tables for maps, photographs, and which ink is legible on them.

/** 256 RGB triples (bytes) as numbers that a canvas takes: one 32-bit number a pixel. */
export function colourTable(bytes) {
  const table = new Uint32Array(256);
  const parts = new Uint8Array(table.buffer); // the order of bytes within a number is the machine's own
  for (let at = 0; at < 256; at += 1) {
    parts.set([bytes[3 * at], bytes[3 * at + 1], bytes[3 * at + 2], 255], 4 * at);
  }
  return table;
}

/** Black to white, for photographs. */
export function grayTable() {
  return colourTable(Uint8Array.from({ length: 768 }, (_, at) => Math.floor(at / 3)));
}

const MAGENTA = new Uint32Array(Uint8Array.of(255, 0, 255, 255).buffer)[0];

/** Write the colours of a plane into 32-bit pixels; NaN and infinity become magenta. */
export function colourInto(pixels, map, { low, high }, table) {
  const factor = 256 / (high - low);
  const { data } = map;
  for (let at = 0; at < data.length; at += 1) {
    const step = (data[at] - low) * factor;
    if (step - step !== 0)
      pixels[at] = MAGENTA; // only of what is not finite
    else if (step < 0) pixels[at] = table[0];
    else pixels[at] = table[step < 255 ? step | 0 : 255];
  }
}

/** The [r, g, b] of one finite number; `colourInto` stays quick by seeing no other kind of plane. */
export function colourOf(value, { low, high }, table) {
  const step = Math.min(255, Math.max(0, Math.floor(((value - low) * 256) / (high - low))));
  return [...new Uint8Array(table.buffer, 4 * step, 3)];
}

/**
 * Write an RGB photograph, values 0 to 1, as 32-bit pixels. `order` is the channel for red, green and blue.
 */
export function photographInto(pixels, data, order = [0, 1, 2]) {
  const bytes = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, 4 * pixels.length);
  for (let at = 0; at < pixels.length; at += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      bytes[4 * at + channel] = 255 * data[3 * at + order[channel]]; // clamped and rounded by the array
    }
    bytes[4 * at + 3] = 255;
  }
}

/** Whether white ink is more legible than black on an [r, g, b] of 0 to 255: contrast ratio of WCAG 2. */
export function isDark(/** @type {number[]} */ [red, green, blue]) {
  const linear = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05;
}
