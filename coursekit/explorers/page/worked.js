// One position of a filter worked out: patch times kernel, product by product, and the sum.

import { slider } from "./controls.js";
import { node, numberGrid, workedOut } from "./elements.js";
import { divmod, products, shown, total } from "./kernels.js";

const UNIT = { low: 0, high: 1 };

/**
 * Returns { element, set(patch, kernel, tables) }, where `set` returns the sum. The slider adds the
 * products one by one; the pointer over a cell marks it in all three tables.
 */
export function workedSum() {
  const grids = ["Patch", "Kernel", "Products"].map(numberGrid);
  const sum = node("div", { class: "ck-cv-sum" });
  const text = node("p", { class: "ck-cv-product", "data-part": "product" });
  /** @type {any} */
  let shownNow = null; // { patch, kernel, both, sum }
  let upTo = 0;
  let pointed = null; // index of the cell under the pointer

  const count = slider({ label: "Products added", low: 1, high: 1, step: 1, digits: 0 });
  count.onvalue = (value) => {
    upTo = value;
    pointed = null;
    tell();
  };
  const [patch, kernel, both] = grids.map((grid) => grid.element);
  const tables = workedOut(["", patch], ["×", kernel], ["=", both], ["→", sum]);
  const element = node(
    "div",
    { class: "ck-cv-worked" },
    tables,
    node("div", { class: "ck-cv-adding" }, count.element, text),
  );

  for (const name of ["pointermove", "pointerdown"]) {
    tables.addEventListener(name, (event) => point(event.target.closest("td")));
  }
  tables.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") point(null); // a finger leaves where it has pointed
  });

  function point(cell) {
    const at = cell ? cell.parentElement.rowIndex * shownNow.kernel.width + cell.cellIndex : null;
    if (at === pointed) return;
    pointed = at;
    tell();
  }

  function set(patchNow, kernelNow, { gray, signed }) {
    const size = kernelNow.data.length;
    const before = shownNow?.kernel.data.length;
    shownNow = { patch: patchNow, kernel: kernelNow, both: products(patchNow, kernelNow) };
    if (size !== before) {
      count.input.max = size;
      tables.classList.toggle("ck-cv-many", kernelNow.width > 5);
      upTo = size;
      pointed = null;
    }
    // Products are never larger than the weights, so both are read on one scale.
    const end = Math.max(...kernelNow.data.map(Math.abs)) || 1;
    const scale = { low: -end, high: end };
    grids[0].set(patchNow, UNIT, gray);
    grids[1].set(kernelNow, scale, signed);
    grids[2].set(shownNow.both, scale, signed);
    tell();
    return total(shownNow.both);
  }

  /** Show the products up to the slider, mark one, and say it. */
  function tell() {
    const { data, width } = shownNow.both;
    const all = data.length;
    let added = 0;
    data.forEach((value, at) => {
      const cell = grids[2].cell(...divmod(at, width));
      const done = at < upTo;
      if (done) added += value;
      cell.classList.toggle("ck-cv-later", !done);
      const written = done ? shown(value) : "";
      if (cell.textContent !== written) cell.textContent = written;
    });
    const marked = pointed ?? (upTo < all ? upTo - 1 : null);
    const [row, column] = marked === null ? [null, 0] : divmod(marked, width);
    for (const grid of grids) grid.mark(row, column);
    count.set(upTo);
    sum.textContent = `${upTo < all ? "sum so far" : "sum"} ${shown(added, 3)}`;
    let words = `All ${all} products are added.`;
    if (pointed !== null) words = `Row ${row}, column ${column} of the kernel: ${product(marked)}.`;
    else if (marked !== null)
      words = `Product ${upTo} of ${all}: ${product(marked)}. Sum so far ${shown(added, 3)}.`;
    text.textContent = words;
    count.input.setAttribute("aria-valuetext", upTo < all ? words : `all ${all} products`);
  }

  function product(at) {
    const [value, weight, result] = [shownNow.patch, shownNow.kernel, shownNow.both].map(
      ({ data }) => shown(data[at], 3),
    );
    return `${value} × ${weight} = ${result}`;
  }

  return { element, set };
}
