// A table of weights to change: by keys, by the wheel, by a drag, by typing.

import { colourOf, isDark } from "./colours.js";
import { fitting, plane, shown } from "./kernels.js";
import { clamp, node } from "./elements.js";

const STEP = 0.25;
const MOST = 20; // weights from -20 to 20, unless Python gives larger ones
const PIXELS_A_STEP = 6; // of a drag
const STILL_A_CLICK = 4; // pixels that a hand may tremble
const WHEEL_A_STEP = 50; // pixels
const LINE = 20; // pixels, where a wheel counts lines

/**
 * The number that was typed, else NaN. People type what they read here, a comma in half of the world, and
 * wide digits with an input method.
 */
function numberIn(typed) {
  const text = typed.trim().normalize("NFKC").replace("\u2212", "-").replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
}

/**
 * Returns { element, caption, begin(kernel), show(kernel) }: `begin` takes another kernel, `show` writes
 * its weights again. `onweight(index, weight, note)` is called with what the learner sets, also while it is
 * being typed: then only the text is left alone until it is done, and `onwords(text)` is called where it is
 * no number.
 */
export function weightTable({ table, onweight, onwords }) {
  const caption = node("caption");
  const body = node("tbody");
  const element = node("table", { class: "ck-numbers ck-weights" }, caption, body);
  let kernel = plane(0, 0);
  let inputs = [];
  let most = MOST;
  let told = []; // the weight that each input has told
  let inks = []; // and its colour
  const typed = new Set(); // indices of weights that are being typed

  const begin = (next) => {
    const sameShape = next.height === kernel.height && next.width === kernel.width;
    kernel = next;
    most = Math.max(MOST, ...kernel.data.map(Math.abs));
    typed.clear();
    if (!sameShape) fill();
    for (const input of inputs) {
      input.setAttribute("aria-valuemin", -most);
      input.setAttribute("aria-valuemax", most);
    }
  };

  function fill() {
    inputs = Array.from(kernel.data, (_, at) => weightInput(at));
    told = [];
    inks = [];
    const rows = Array.from({ length: kernel.height }, (_, row) => {
      const cells = inputs.slice(row * kernel.width, (row + 1) * kernel.width);
      return node("tr", {}, ...cells.map((input) => node("td", {}, input)));
    });
    body.replaceChildren(...rows);
  }

  function weightInput(at) {
    const [row, column] = [Math.floor(at / kernel.width), at % kernel.width];
    const input = node("input", {
      type: "text",
      inputmode: "decimal",
      role: "spinbutton",
      class: "ck-weight",
      autocomplete: "off",
      "aria-label": `weight in row ${row + 1}, column ${column + 1}`,
    });
    const steps = { ArrowUp: STEP, ArrowDown: -STEP, PageUp: 1, PageDown: -1 };
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // the keys belong to an input method
      if (event.key in steps) {
        event.preventDefault();
        read(at);
        set(at, kernel.data[at] + steps[event.key]);
      } else if (event.key === "Enter") {
        read(at);
      } else if (event.key === "Escape") {
        if (typed.has(at)) set(at, before);
      }
    });
    let before = 0; // the weight that Escape brings back
    input.addEventListener("input", () => {
      if (!typed.has(at)) before = kernel.data[at];
      typed.add(at);
      const wanted = numberIn(input.value);
      if (Math.abs(wanted) <= most) onweight(at, Math.fround(wanted), "");
    });
    input.addEventListener("change", () => read(at));
    input.addEventListener("focus", () => input.select());
    turned(input, at);
    dragged(input, at);
    return input;
  }

  /** The wheel turns the weight that has the focus; over the others it scrolls the page. */
  function turned(input, at) {
    let way = 0;
    const turn = (event) => {
      if (event.ctrlKey || !input.matches(":focus")) return;
      event.preventDefault(); // the page would scroll away from under the pointer
      way += event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
      if (Math.abs(way) < WHEEL_A_STEP) return;
      set(at, kernel.data[at] - Math.sign(way) * STEP);
      way = 0;
    };
    input.addEventListener("wheel", turn, { passive: false });
  }

  function dragged(input, at) {
    /** @type {{ y: number, weight: number, moved: boolean } | undefined} */
    let from;
    const end = () => {
      from = undefined;
    };
    input.addEventListener("pointerdown", (event) => {
      // A finger that comes first chooses the weight, or scrolls the page.
      if (event.button !== 0 || (event.pointerType === "touch" && !input.matches(":focus"))) return;
      from = { y: event.clientY, weight: kernel.data[at], moved: false };
      input.setPointerCapture(event.pointerId);
    });
    input.addEventListener("pointermove", (event) => {
      if (event.buttons === 0) end(); // it ended where nobody told
      if (!from) return;
      if (Math.abs(from.y - event.clientY) >= STILL_A_CLICK) from.moved = true;
      if (from.moved)
        set(at, from.weight + Math.round((from.y - event.clientY) / PIXELS_A_STEP) * STEP);
    });
    // The text in it is selected by the focus; the browser would drag that away in place of the weight.
    input.addEventListener("dragstart", (event) => event.preventDefault());
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"])
      input.addEventListener(name, end);
  }

  /** Take what was typed, if anything was. */
  function read(at) {
    const input = inputs[at];
    typed.delete(at);
    if (!input || input.value === fitting(kernel.data[at])) return; // what is shown is rounded
    const wanted = numberIn(input.value);
    if (!Number.isNaN(wanted)) {
      set(at, wanted);
    } else {
      const stays = `so the weight stays ${shown(kernel.data[at])}. Write it as 0.5 or −2.`;
      onwords(`"${input.value}" is not a number, ${stays}`);
      write(at);
    }
  }

  function set(at, wanted) {
    typed.delete(at);
    const weight = Math.fround(clamp(wanted, -most, most));
    const range = ` Weights go from ${shown(-most)} to ${shown(most)}.`;
    onweight(at, weight, Math.abs(wanted) > most ? range : "");
    write(at);
  }

  function write(at, end = largest()) {
    const input = inputs[at];
    const weight = kernel.data[at];
    const text = fitting(weight);
    if (!typed.has(at)) {
      if (input.value !== text) input.value = text;
    }
    if (told[at] !== weight) {
      told[at] = weight;
      input.classList.toggle("ck-long", text.length > 5);
      input.setAttribute("aria-valuenow", String(Number(weight.toFixed(4))));
      input.setAttribute("aria-valuetext", shown(weight));
    }
    const colour = colourOf(weight, { low: -end, high: end }, table);
    if (String(colour) === inks[at]) return;
    inks[at] = String(colour);
    input.style.background = `rgb(${colour})`;
    input.style.color = isDark(colour) ? "#fff" : "#000";
  }

  /** Where the colours end. */
  const largest = () => Math.max(...kernel.data.map(Math.abs)) || 1;

  const show = () => {
    const end = largest();
    for (let at = 0; at < inputs.length; at += 1) write(at, end);
  };
  return { element, caption, begin, show };
}
