// Parts of drawings that stay sharp at every size.

/** Make an element of a drawing with its attributes. */
export function svg(tag, attributes, ...children) {
  const page = document.createElement("template");
  page.innerHTML = `<svg><${tag}></${tag}></svg>`; // the parser knows the namespace
  const outer = page.content.firstElementChild;
  const made = tag === "svg" ? outer : outer.firstElementChild;
  if (tag === "svg") made.replaceChildren();
  give(made, attributes);
  made.append(...children);
  return made;
}

/** Set attributes of an element. */
export function give(part, attributes) {
  for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
}
