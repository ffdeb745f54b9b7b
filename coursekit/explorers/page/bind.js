// What a learner can choose is state of the model. This ties it to the page: two views agree, and a reload
// keeps it.

/** @typedef {{ set: (value: any) => void, onvalue?: (value: any) => void }} Control */
/** @typedef {Record<string, any>} State */

const REST = 150; // milliseconds without a change, after which Python is told

/**
 * Bind the page to traits of its model.
 *
 * The page reads and sets `state.stride` as if it were its own. What it sets is shown at once, and told to
 * Python when the learner rests; what Python or another view sets comes by itself. After either,
 * `changed()` is called. `tie(name, control)` shows a trait in a control, and sets it to what is chosen
 * there, or calls `choose` with it. `stop()` ends it, with everything told.
 */
export function bind(model, names, changed) {
  const values = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const controls = Object.fromEntries(names.map((name) => [name, /** @type {Control[]} */ ([])]));
  const state = /** @type {State} */ ({});
  const untold = new Set();
  let timer = 0;

  const take = (name, value) => {
    if (JSON.stringify(value) === JSON.stringify(values[name])) return false;
    values[name] = value;
    for (const control of controls[name]) control.set(value);
    changed();
    return true;
  };
  const tell = () => {
    clearTimeout(timer);
    if (untold.size === 0) return;
    const told = [...untold];
    untold.clear();
    for (const name of told) model.set(name, values[name]);
    try {
      model.save_changes();
    } catch (error) {
      console.warn("coursekit: the kernel could not be told", error); // it was closed; the page goes on
    }
  };
  const tied = names.map((name) => {
    const set = (value) => {
      if (!take(name, value)) return;
      untold.add(name);
      clearTimeout(timer);
      timer = setTimeout(tell, REST);
    };
    Object.defineProperty(state, name, { get: () => values[name], set });
    const follow = () => take(name, model.get(name)) && untold.delete(name);
    model.on(`change:${name}`, follow);
    return () => model.off(`change:${name}`, follow);
  });
  const tie = (name, control, choose = (value) => (state[name] = value)) => {
    control.onvalue = choose;
    controls[name].push(control);
    control.set(values[name]);
    return control.element;
  };
  const stop = () => {
    for (const untie of tied) untie();
    tell();
  };
  return { state, tie, stop };
}
