// The skeleton of all explorers: a frame with a line, what is bound to the model, and a drawing in the next
// frame.

import { bind } from "./bind.js";
import { tablesOf } from "./data.js";
import { button } from "./controls.js";
import { modified, node } from "./elements.js";
import { mapView } from "./maps.js";

const SPOKEN = 300; // milliseconds that a line must rest before screen readers read it

/**
 * Make the module that anywidget shows.
 *
 * `title` may be a function of the model. `traits` are the names of what a learner can choose, beside
 * `position` and `held`. `build(page)` fills the page once, and returns what draws it whenever the state
 * has changed. `page` holds `model`, `state` and `tie` (see bind.js), `map(options)` (see maps.js),
 * `tables` of colours, the elements `root`, `controls` and `stage`, `say(text)` for the line, `redraw()`,
 * `onclose(what)` and `onreset(what)`.
 */
export function explorer({ name, title, help, traits, build }) {
  const render = ({ model, el }) => {
    const closing = [];
    const resetting = [];
    const redraw = frames(() => draw());
    const { state, tie, stop } = bind(model, ["position", "held", ...traits], redraw);
    const frame = begin(el, {
      name,
      title: typeof title === "string" ? title : title(model),
      help,
    });
    const draw = build({
      ...frame,
      model,
      state,
      tie,
      map: (options) => mapView(options, state, tie),
      tables: tablesOf(model),
      redraw,
      onclose: (what) => closing.push(what),
      onreset: (what) => resetting.push(what),
    });
    const reset = () => {
      Object.assign(state, model.get("_opening"));
      for (const act of resetting) act();
    };
    frame.head.append(button({ label: "Reset", title: "As at the beginning", onclick: reset }));
    redraw();
    return () => {
      for (const close of closing) close();
      stop();
      redraw.cancel();
      frame.close();
    };
  };
  return { render };
}

const SAVING =
  'At a colour bar, ▸ says how far a few values go. In Python, explorer.picture.save("picture.svg") ' +
  "saves a picture of what is chosen, and its words.";

/** How a place, or a unit, is held: for the help of an explorer. */
export const holding = (what) =>
  `Click, tap or Enter holds the ${what}; once more, or Escape, frees it. A finger moves a held ${what}.`;

/** Return a function that asks for a drawing; however often it is called, one frame draws once. */
function frames(draw) {
  let asked = 0;
  const request = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      draw();
    });
  };
  request.cancel = () => cancelAnimationFrame(asked);
  return request;
}

/** A titled group: controls, a stage for the pictures, a line that says the numbers, a folded help. */
function begin(el, { name, title, help }) {
  const controls = node("div", { class: "ck-controls" });
  const stage = node("div", { class: "ck-stage" });
  const line = node("p", { class: "ck-line", "data-part": "line" });
  // Seen by screen readers only, and only when the pointer rests: they would read every number otherwise.
  const hidden = { class: "ck-hidden", role: "status", "aria-live": "polite" };
  const spoken = node("p", { ...hidden, "data-part": "spoken" });
  const keys = node("details", { class: "ck-help" }, node("summary", {}, "Keys, pointer, touch"));
  for (const text of [...help, SAVING]) keys.append(node("p", {}, text));
  const head = node("div", { class: "ck-head" }, node("p", { class: "ck-title" }, title));
  const named = { class: "ck-explorer", "data-explorer": name, "aria-label": title };
  const root = node("section", named, head, controls, stage, line, spoken, keys);
  el.append(root);
  let timer = 0;
  const say = (text) => {
    if (line.textContent === text) return;
    line.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => {
      spoken.textContent = text;
    }, SPOKEN);
  };
  const show = hideStill(el);
  const release = keepKeys(root);
  const close = () => {
    clearTimeout(timer);
    release();
    root.remove();
    show();
  };
  return { root, head, controls, stage, spoken, say, close };
}

/** Keep the keys pressed in an explorer from Jupyter, whose commands arrows and letters are. */
function keepKeys(root) {
  const keep = (event) => {
    const part = document.activeElement;
    if (root.contains(part)) part?.toggleAttribute("data-lm-suppress-shortcuts", !modified(event));
  };
  window.addEventListener("keydown", keep, true); // before the document, where Notebook 7 reads keys
  return () => window.removeEventListener("keydown", keep, true);
}

/**
 * Hide the still picture before this explorer, for where no view can be shown; return what shows it again.
 */
function hideStill(el) {
  /** @type {HTMLElement | undefined} */
  let still;
  let asked = 0;
  const hide = () => {
    if (!el.isConnected) {
      asked = requestAnimationFrame(hide); // JupyterLab puts the view into the page after it is made
      return;
    }
    const cell = el.closest(".jp-Cell, .cell, .jp-OutputArea") ?? document;
    still = [
      .../** @type {NodeListOf<HTMLElement>} */ (cell.querySelectorAll("figure.coursekit-still")),
    ].findLast((figure) => el.compareDocumentPosition(figure) & Node.DOCUMENT_POSITION_PRECEDING);
    if (still) still.hidden = true;
    // After Shift+Enter the next cell keeps its place, and what grows above it leaves the screen at the top.
    const next = el.closest(".jp-Cell")?.nextElementSibling;
    if (next?.matches(".jp-mod-active")) asked = requestAnimationFrame(() => el.scrollIntoView());
  };
  hide();
  return () => {
    cancelAnimationFrame(asked);
    if (still) still.hidden = false;
  };
}
