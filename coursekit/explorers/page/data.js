// Reading what Python sends: arrays in bytes, and the colours of coursekit.pictures.

import { colourTable, grayTable } from "./colours.js";

/**
 * Read a trait of bytes as numbers, wherever they begin in their buffer; float32 unless another kind is
 * named.
 * @param {DataView} bytes
 */
export function numbersOf(bytes, /** @type {any} */ Kind = Float32Array) {
  return new Kind(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** A function that gives the next so many of the numbers. */
export function cutter(numbers) {
  let from = 0;
  return (count) => {
    from += count;
    return numbers.subarray(from - count, from);
  };
}

/** The photograph: a plane, or { data, height, width } with three numbers a pixel where it is in colour. */
export function photographOf(model) {
  const [height, width] = model.get("_photograph_shape");
  return { data: numbersOf(model.get("_photograph")), height, width };
}

/** The colours of coursekit.pictures: { signed, positive, gray }, tables for `colourInto`. */
export function tablesOf(model) {
  const bytes = numbersOf(model.get("_colours"), Uint8Array);
  return {
    signed: colourTable(bytes.subarray(0, 768)),
    positive: colourTable(bytes.subarray(768)),
    gray: grayTable(),
  };
}
