// A list of what each of many parts adds to a sum, from which one is chosen.

import { newId, node } from "./elements.js";
import { shown } from "./kernels.js";
import { gridKeys } from "./maps.js";

/** Rows of a name, a bar and a number, one chosen: { element, set(names, values, chosen, digits) }. */
export function sharesList({ onchoose }) {
  const element = node("div", {
    class: "ck-bars",
    role: "listbox",
    tabindex: 0,
    "aria-label": "Sums, one for each input channel: choose one to see its products",
  });
  const prefix = newId();
  let rows = [];
  let current = 0;
  const perLine = () =>
    rows.filter(({ option }) => option.offsetTop === rows[0].option.offsetTop).length;
  element.addEventListener("click", (event) => {
    const found = rows.findIndex(({ option }) => option.contains(event.target));
    if (found >= 0) onchoose(found);
  });
  gridKeys(element, () => ({ count: rows.length, columns: perLine(), current }), onchoose);
  const resize = (count) => {
    rows = Array.from({ length: count }, (_, index) => {
      const [name, bar, number] = [node("span"), node("i", { "aria-hidden": "true" }), node("b")];
      const track = node("span", { class: "ck-track" }, bar);
      const option = node(
        "div",
        { role: "option", class: "ck-share", id: `${prefix}-${index}` },
        name,
        " ",
        track,
        number,
      );
      return { option, name, bar, number };
    });
    element.replaceChildren(...rows.map(({ option }) => option));
  };
  const set = (names, values, chosen, digits) => {
    if (values.length !== rows.length) resize(values.length);
    current = chosen;
    const end = Math.max(...values.map(Math.abs)) || 1;
    values.forEach((value, index) => {
      const { option, name, bar, number } = rows[index];
      if (name.textContent !== names[index]) name.textContent = names[index];
      const text = shown(value, digits);
      if (number.textContent !== text) number.textContent = text;
      const sign = value < 0 ? "ck-minus" : "ck-plus";
      if (bar.className !== sign) bar.className = sign;
      bar.style.transform = `scaleX(${value / end})`;
      const selected = String(index === chosen);
      if (option.ariaSelected !== selected) option.ariaSelected = selected;
    });
    element.setAttribute("aria-activedescendant", `${prefix}-${chosen}`);
  };
  return { element, set };
}
