// All maps of a layer side by side, as an overview from which one is chosen.

import { colourInto } from "./colours.js";
import { node } from "./elements.js";
import { gridKeys } from "./maps.js";

/** How many maps stand side by side: full rows where that is possible. */
export function tilesAcross(width, count) {
  if (width < 420) return 8;
  return width < 800 && count % 12 === 0 ? 12 : 16;
}

/** All maps of a layer as small pictures, one chosen: { element, paint(...), choose(index) }. */
export function overview({ onchoose }) {
  const canvas = node("canvas");
  const box = node("div", { class: "ck-box" });
  const frame = node("div", {
    class: "ck-map ck-tiles",
    role: "application",
    "aria-roledescription": "grid of maps",
    tabindex: 0,
  });
  const names = node("div", { "aria-hidden": "true" });
  frame.append(canvas, names, box);
  const caption = node("p", { class: "ck-caption" });
  const scroll = node("div", { class: "ck-scroll" }, frame);
  const element = node("div", { class: "ck-all", "data-part": "all" }, caption, scroll);
  let columns = 1;
  let count = 1;
  let current = 0;

  const paint = (layer, kind, table, across) => {
    [columns, count] = [across, layer.filters];
    const rows = Math.ceil(count / columns);
    const gap = Math.max(1, Math.round(layer.width / 40));
    const [tileHeight, tileWidth] = [layer.height + gap, layer.width + gap];
    [canvas.height, canvas.width] = [rows * tileHeight, columns * tileWidth];
    frame.style.setProperty("--ck-ratio", canvas.width / canvas.height);
    frame.classList.toggle("ck-smooth", layer.width > 40);
    const context = canvas.getContext("2d");
    const image = context.createImageData(layer.width, layer.height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let map = 0; map < count; map += 1) {
      colourInto(pixels, layer.map(map, kind), layer.scale(kind), table);
      context.putImageData(
        image,
        (map % columns) * tileWidth,
        Math.floor(map / columns) * tileHeight,
      );
    }
    const name = (_, map) => {
      const [left, top] = [(map % columns) / columns, Math.floor(map / columns) / rows];
      return node("span", { style: `left: ${100 * left}%; top: ${100 * top}%` }, map + 1);
    };
    names.replaceChildren(...Array.from({ length: count }, name));
    frame.setAttribute("aria-label", `All ${count} maps of ${layer.name}: arrow keys choose one`);
    caption.textContent = `All ${count} maps of ${layer.name}, on one scale: click one`;
  };
  const choose = (index) => {
    const rows = Math.ceil(count / columns);
    const moved = index !== current;
    current = index;
    box.style.left = `${(100 * (index % columns)) / columns}%`;
    box.style.top = `${(100 * Math.floor(index / columns)) / rows}%`;
    box.style.width = `${100 / columns}%`;
    box.style.height = `${100 / rows}%`;
    if (!moved) return;
    // Into view within its own box, and without moving the page.
    const [top, bottom] = [box.offsetTop, box.offsetTop + box.offsetHeight];
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    else if (bottom > scroll.scrollTop + scroll.clientHeight)
      scroll.scrollTop = bottom - scroll.clientHeight;
  };
  frame.addEventListener("click", (event) => {
    const area = frame.getBoundingClientRect();
    const across = Math.floor(((event.clientX - area.left) / area.width) * columns);
    const down = Math.floor(
      ((event.clientY - area.top) / area.height) * Math.ceil(count / columns),
    );
    if (columns * down + across < count) onchoose(columns * down + across);
  });
  gridKeys(frame, () => ({ count, columns, current }), onchoose);
  return { element, paint, choose };
}
