// TemplateExplorer: the shortest complete page. See template.py.

import { slider } from "./controls.js";
import { photographOf } from "./data.js";
import { node, whenNew } from "./elements.js";
import { explorer, holding } from "./explorer.js";
import { plane, shown } from "./kernels.js";

const UNIT = { low: 0, high: 1 };

/** Fill the page once, and return what draws it whenever the state has changed. */
function build({ model, state, tie, map, controls, stage, say, tables }) {
  const image = photographOf(model);
  const { height, width } = image;

  // Pictures to point at: a position is state, so that Python and other views have it, too.

  const onpoint = (row, column) => (state.position = [row, column]);
  const photo = map({ label: "Photograph", height, width, onpoint });
  const out = map({ label: "Brighter", height, width, onpoint });
  const note = node("p", { class: "ck-te-note", "data-part": "note" });
  photo.paint(image, UNIT, tables.gray);
  stage.append(photo.element, out.element);
  stage.after(note);

  // Controls: each is tied to a trait, shows it, and sets it.

  controls.append(tie("threshold", slider({ label: "Threshold", low: 0, high: 1, step: 0.01 })));

  // What costs time is drawn only when its settings have changed, not whenever the pointer moves.

  const drawOutput = whenNew((threshold) => {
    const output = brighter(image, threshold);
    const count = output.data.filter((value) => value > 0).length;
    out.paint(output, UNIT, tables.gray);
    note.textContent = `${count} of ${output.data.length} pixels are brighter.`;
  });

  return () => {
    drawOutput(state.threshold);
    const [row, column] = state.position;
    for (const view of [photo, out]) {
      view.point(row, column); // the arrow keys go on from there
      view.box("place", row, column, 1, 1);
    }
    const value = image.data[row * width + column];
    const is = value > state.threshold ? "brighter than" : "not brighter than";
    say(`Row ${row}, column ${column}: ${shown(value, 3)} is ${is} ${shown(state.threshold)}.`);
  };
}

/** 1 where a plane is larger than the threshold, else 0. */
function brighter(image, threshold) {
  return plane(
    image.height,
    image.width,
    image.data.map((value) => Number(value > threshold)),
  );
}

export default explorer({
  name: "template",
  title: "Template explorer: move the threshold and watch what is brighter",
  help: ["Pictures: point, or use the arrow keys (with Shift 10 pixels). " + holding("place")],
  traits: ["threshold"],
  build,
});
