// A response that is written value by value: play, pause, step, and all of it at once.

import { button, node, slider } from "./parts.js";

const FASTEST = 12; // the speed is a power of two, from 1 to 4096 values a second
const LONGEST_WAIT = 100; // milliseconds that count after a page was hidden

/**
 * Returns { element, reset(total, width), pace(), stop(), playing(), written }. `onwrite(index)` is called with the
 * value that was written last, or with null after the rest was written at once. Where the learner's system asks for
 * less motion, nothing moves by itself: Play writes one row.
 */
export function scanner({ onwrite }) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let total = 0;
  let width = 1;
  let speed = 1;
  let asked = 0;
  let last = 0;
  let due = 0;
  const state = { written: 0 };

  const play = button({ label: "Play", onclick: () => (asked ? pause() : begin()) });
  const step = button({
    label: "Step",
    title: "Write one more value",
    onclick: () => {
      pause();
      write(1);
    },
  });
  const all = button({ label: "Show all", title: "Write all the rest at once", onclick: () => finish() });
  const pace = slider({ label: "Speed", low: 0, high: FASTEST, step: 1, value: 0, onvalue: (power) => setSpeed(power) });
  const output = pace.element.querySelector("output");
  const element = node("div", { class: "ck-controls", role: "group", "aria-label": "Scan" }, play, step, all, pace.element);
  if (still.matches) element.append("Your system asks for less motion: Play writes one row.");

  function setSpeed(power) {
    speed = 2 ** power;
    const text = `${speed} a second`;
    output.textContent = text;
    pace.input.setAttribute("aria-valuetext", text);
  }

  function write(count) {
    if (state.written >= total) state.written = 0; // what is whole begins again
    state.written = Math.min(state.written + count, total);
    if (state.written === total) pause();
    onwrite(state.written - 1);
  }

  function begin() {
    if (still.matches) {
      const at = state.written >= total ? 0 : state.written;
      write(width - (at % width));
      return;
    }
    play.textContent = "Pause";
    due = 1;
    last = performance.now();
    asked = requestAnimationFrame(tick);
  }

  function tick(now) {
    asked = requestAnimationFrame(tick);
    due += (Math.min(Math.max(now - last, 0), LONGEST_WAIT) / 1000) * speed;
    last = now;
    const count = Math.floor(due);
    if (count < 1) return;
    due -= count;
    write(count);
  }

  function pause() {
    cancelAnimationFrame(asked);
    asked = 0;
    play.textContent = "Play";
  }

  function finish() {
    pause();
    state.written = total;
    onwrite(null);
  }

  /** Begin with another response, all of it written; 0 values where there is none. */
  state.reset = (values, columns) => {
    pause();
    [total, width, state.written] = [values, columns, values];
    for (const made of [play, step, all, pace.input]) made.disabled = values === 0;
  };
  /** A speed at which the whole scan takes about a third of a minute. */
  state.pace = () => {
    const power = Math.min(FASTEST, Math.max(0, Math.round(Math.log2(total / 20))));
    pace.set(power);
    setSpeed(power);
  };
  return Object.assign(state, { element, stop: pause, playing: () => asked !== 0 });
}
