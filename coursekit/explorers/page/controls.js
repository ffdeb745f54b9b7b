// Controls: each shows a value with `set(value)`, and tells what the learner chooses with `onvalue(value)`. See bind.js.

import { clamp, keepKeys, modified, newId, node } from "./elements.js";
import { alike, noiseOf, planeOf, shown } from "./kernels.js";

/**
 * A slider with its name and value: `text(number)`, or the number with so many `digits`.
 *
 * The learner moves in steps; `set` takes what lies between two of them, too, and shows it with one digit more.
 */
export function slider({ label, low, high, step, digits = 2, text = null }) {
  const id = newId();
  const output = node("output", { for: id });
  const input = node("input", { type: "range", id, min: low, max: high, step: "any" });
  const element = node("div", { class: "ck-control" }, node("label", { for: id }, label), input, output);
  const clean = (number) => clamp(Number(number.toFixed(6)), low, Number(input.max));
  const onStep = (number) => clean(low + Math.round((number - low) / step) * step);
  const written = (number) => {
    const between = Math.abs(onStep(number) - number) >= 1e-6;
    return between ? shown(clean(number), digits + 1) : shown(number, digits);
  };
  const control = { element, input, set, onvalue: (_) => {} };
  function set(number) {
    input.value = String(number);
    output.textContent = text ? text(number) : written(number);
    if (text) input.setAttribute("aria-valuetext", text(number));
  }
  const chosen = (number) => {
    set(number);
    control.onvalue(number);
  };
  const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 };
  input.addEventListener("keydown", (event) => {
    if (!(event.key in steps) || modified(event)) return;
    event.preventDefault();
    const next = clean(Number(input.value) + steps[event.key] * step);
    if (next !== Number(input.value)) chosen(next);
  });
  input.addEventListener("input", () => chosen(onStep(Number(input.value))));
  keepKeys(input);
  return control;
}

/**
 * A list to choose one from. `options` are [value, text]; one with the value "" stands for what is not in the list, and
 * nobody can choose it. `offer(options)` exchanges them.
 */
export function choice({ label, options = [] }) {
  const id = newId();
  const input = node("select", { id });
  const element = node("div", { class: "ck-control" }, node("label", { for: id }, label), input);
  let values = [];
  const control = { element, input, set, offer, onvalue: (_) => {} };
  function set(value) {
    const at = values.indexOf(value);
    input.selectedIndex = at >= 0 ? at : values.indexOf("");
    for (const option of input.options) option.disabled = option.value === "" && input.value !== "";
  }
  function offer(next) {
    values = next.map(([value]) => value);
    input.replaceChildren(...next.map(([value, text]) => node("option", { value: value ?? 0 }, text)));
  }
  input.addEventListener("change", () => control.onvalue(values[input.selectedIndex]));
  keepKeys(input);
  offer(options);
  return control;
}

/** A list of kernels that Python knows by name, { name: rows }; its value is rows. */
export function kernelMenu(kernels) {
  const names = Object.keys(kernels);
  const menu = choice({ label: "Kernel", options: ["", ...names].map((name) => [name, name || "your own"]) });
  const control = { element: menu.element, set, onvalue: (_) => {} };
  function set(rows) {
    const kernel = planeOf(rows);
    menu.set(names.find((name) => alike(planeOf(kernels[name]), kernel, noiseOf(kernel))) ?? "");
  }
  menu.onvalue = (name) => control.onvalue(kernels[name]);
  return control;
}

/** A list to choose the maps of a layer before or after its ReLU. */
export function aroundRelu() {
  const options = ["after", "before"].map((side) => [side, `${side} ReLU`]);
  return choice({ label: "Maps", options });
}

/** A box to tick. */
export function toggle({ label }) {
  const id = newId();
  const input = node("input", { type: "checkbox", id });
  const element = node("div", { class: "ck-control" }, input, node("label", { for: id }, label));
  const control = { element, input, set, onvalue: (_) => {} };
  function set(on) {
    input.checked = on;
  }
  input.addEventListener("change", () => control.onvalue(input.checked));
  keepKeys(input);
  return control;
}

/** A button. `title` says more than its label. */
export function button({ label, title = null, onclick }) {
  const made = node("button", { type: "button", class: "ck-button", title, onclick }, label);
  keepKeys(made);
  return made;
}
