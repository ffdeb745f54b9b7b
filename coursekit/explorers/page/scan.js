// A response that is written value by value: play, pause, step, and all of it at once.

import { button, slider } from "./controls.js";
import { clamp, node } from "./elements.js";

const FASTEST = 12; // the slider's steps are powers of two, from 1 to 4096 values a second
const WHOLE = 20; // seconds that the whole scan takes at the usual speed, about
const LONGEST_WAIT = 100; // milliseconds that count after a page was hidden

/**
 * Returns { element, reset(total, width), setSpeed(speed), finish(), stop(), playing(), written }. `onwrite(index)`
 * is called with the value that was written last, or with null after the rest was written at once, and
 * `onspeed(speed)` with values in a second; the speed null is the usual one. Where the learner's system
 * asks for less motion, nothing moves by itself: Play writes one row.
 */
export function scanner({ onwrite, onspeed }) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let total = 0;
  let width = 1;
  let asked = 0;
  let last = 0;
  let due = 0;
  let chosen = null; // the speed, where the learner has chosen one
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
  const all = button({
    label: "Show all",
    title: "Write all the rest at once",
    onclick: () => finish(),
  });
  const text = (power) => `${Math.round(2 ** power)} a second`;
  const pace = slider({ label: "Speed", low: 0, high: FASTEST, step: 1, text });
  pace.onvalue = (power) => onspeed(2 ** power);
  const named = { class: "ck-controls", role: "group", "aria-label": "Scan" };
  const element = node("div", named, play, step, all, pace.element);
  if (still.matches) element.append("Your system asks for less motion: Play writes one row.");

  const usual = () => 2 ** clamp(Math.round(Math.log2(total / WHOLE)), 0, FASTEST);

  function setSpeed(next) {
    chosen = next;
    pace.set(Math.log2(chosen ?? usual()));
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
    due += (Math.min(Math.max(now - last, 0), LONGEST_WAIT) / 1000) * (chosen ?? usual());
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
    setSpeed(chosen);
    for (const made of [play, step, all, pace.input]) made.disabled = values === 0;
  };
  const playing = () => asked !== 0;
  return Object.assign(state, { element, setSpeed, finish, stop: pause, playing });
}
