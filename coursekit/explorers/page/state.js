// What passes between the page and Python while a learner plays: the page tells what is set, and follows.

export const REST = 150; // milliseconds without a change, after which Python and screen readers are told

/** Return a function (name, value) that tells Python once the learner rests; the picture never waits for it. */
export function remembering(model) {
  const waiting = new Map();
  let timer = 0;
  const send = () => {
    clearTimeout(timer);
    if (waiting.size === 0) return;
    for (const [name, value] of waiting) model.set(name, value);
    waiting.clear();
    try {
      model.save_changes();
    } catch (error) {
      console.warn("coursekit: the kernel could not be told", error); // it was closed; the page goes on
    }
  };
  const remember = (name, value) => {
    waiting.set(name, value);
    clearTimeout(timer);
    timer = setTimeout(send, REST);
  };
  remember.now = send;
  return remember;
}

/**
 * Follow what Python, or another view of the same explorer, sets. `listeners` is { trait: function (value) }.
 *
 * Returns a function that ends it.
 */
export function following(model, listeners) {
  const tied = Object.entries(listeners).map(([name, listener]) => [
    `change:${name}`,
    () => listener(model.get(name)),
  ]);
  for (const [event, listener] of tied) model.on(event, listener);
  return () => tied.forEach(([event, listener]) => model.off(event, listener));
}
