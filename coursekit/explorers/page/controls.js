// Controls: each shows a value with `set(value)`, and tells what the learner chooses with
// `onvalue(value)`. See bind.js.

import { clamp, modified, newId, node } from "./elements.js";
import { alike, noiseOf, planeOf, shown } from "./kernels.js";

const STEPS = {
  ArrowUp: 1,
  ArrowRight: 1,
  ArrowDown: -1,
  ArrowLeft: -1,
  PageUp: 10,
  PageDown: -10,
};

/**
 * A slider with its name and value: `text(number)`, or the number with so many `digits`.
 *
 * The learner moves in steps; `set` takes what lies between two of them, too, and shows it with one
 * digit more.
 * @param {{label: string, low: number, high: number, step: number, digits?: number, text?: Function}} options
 */
export function slider({ label, low, high, step, digits = 2, text }) {
  const input = node("input", { type: "range", id: newId(), min: low, max: high, step: "any" });
  const output = node("output", { for: input.id });
  const control = { element: labelled(label, input, output), input, set, onvalue: (_) => {} };
  const clean = (number) => clamp(Number(number.toFixed(6)), low, Number(input.max));
  const onStep = (number) => clean(low + Math.round((number - low) / step) * step);
  const written = (number) => {
    const between = Math.abs(onStep(number) - number) >= 1e-6;
    return between ? shown(clean(number), digits + 1) : shown(number, digits);
  };
  function set(number) {
    input.value = String(number);
    output.textContent = text ? text(number) : written(number);
    if (text) input.setAttribute("aria-valuetext", text(number));
  }
  const chosen = (number) => {
    set(number);
    control.onvalue(number);
  };
  input.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS) || modified(event)) return;
    event.preventDefault();
    const next = clean(Number(input.value) + STEPS[event.key] * step);
    if (next !== Number(input.value)) chosen(next);
  });
  input.addEventListener("input", () => chosen(onStep(Number(input.value))));
  return control;
}

/**
 * A list to choose one from. `options` are [key, text]; one with the key "" stands for what is not in
 * the list, and nobody can choose it. `shows(value)` is the key of a value, where these differ.
 * `offer(options)` exchanges them.
 * @param {{ label: string, options?: any[][], shows?: (value: any) => any }} list
 */
export function choice({ label, options = [], shows = (value) => value }) {
  const input = node("select", { id: newId() });
  const control = { element: labelled(label, input), input, set, offer, onvalue: (_) => {} };
  /** @type {any[]} */
  let keys = [];
  function set(value) {
    const key = shows(value);
    const at = keys.indexOf(keys.includes(key) ? key : "");
    if (at === input.selectedIndex) return; // the page would be laid out again
    input.selectedIndex = at;
    for (const option of input.options) option.disabled = option.value === "" && input.value !== "";
  }
  function offer(next) {
    keys = next.map(([key]) => key);
    const option = ([key, text]) => node("option", { value: key ?? 0, disabled: key === "" }, text);
    input.replaceChildren(...next.map(option));
  }
  input.addEventListener("change", () => control.onvalue(keys[input.selectedIndex]));
  offer(options);
  return control;
}

/** A list of the names of kernels, from { name: rows }, that shows the name of rows. */
export function kernelMenu(kernels) {
  const names = Object.keys(kernels);
  const options = ["", ...names].map((name) => [name, name || "your own"]);
  const shows = (rows) => {
    const kernel = planeOf(rows);
    return names.find((name) => alike(planeOf(kernels[name]), kernel, noiseOf(kernel)));
  };
  return choice({ label: "Kernel", options, shows });
}

/** A list to choose the maps of a layer before or after its ReLU. */
export function aroundRelu() {
  const options = ["after", "before"].map((side) => [side, `${side} ReLU`]);
  return choice({ label: "Maps", options });
}

/** A box to tick. */
export function toggle({ label }) {
  const input = node("input", { type: "checkbox", id: newId() });
  const element = labelled(label, input);
  element.prepend(input);
  const control = { element, input, set: (on) => (input.checked = on), onvalue: (_) => {} };
  input.addEventListener("change", () => control.onvalue(input.checked));
  return control;
}

/**
 * A button. `title` says more than its label.
 * @param {{ label: string, title?: string | null, onclick: () => void }} options
 */
export function button({ label, title, onclick }) {
  return node("button", { type: "button", class: "ck-button", title, onclick }, label);
}

/** A control behind its name. */
function labelled(label, input, ...more) {
  const name = node("label", { for: input.id }, label);
  return node("div", { class: "ck-control" }, name, input, ...more);
}
