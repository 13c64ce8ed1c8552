/** Making and changing elements. Data reaches the page as text, never as HTML. */

/** `properties`: `on` has listeners, `data` data attributes, `text` the text; a name with a
 *  hyphen (`aria-label`) or `role` becomes an attribute, everything else a property. */
export function element(tag, { on = {}, data = {}, text, ...properties } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") node.setAttribute(name, value);
    else node[name] = value;
  }
  Object.assign(node.dataset, data);
  for (const [name, listener] of Object.entries(on)) node.addEventListener(name, listener);
  if (text !== undefined) node.textContent = text;
  node.append(...children.filter((child) => child !== null));
  return node;
}

export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

/** All parts of a root by name; looked up once, kept. */
export function parts(root) {
  return Object.fromEntries([...root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
}

/** Writes only what differs, so that a reader's selection and a screen reader stay calm. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function show(node, isShown) {
  if (node.hidden === isShown) node.hidden = !isShown;
}

export const fromTemplate = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

/** Gives an option's colour to an element. */
export function setHue(node, hue) {
  node.style.setProperty("--h", String(hue ?? 268));
}

export function setShare(node, share) {
  node.style.setProperty("--share", String(share));
}

/** What the server could not write, because it writes no styles: colours and lengths. */
export function paint(root = document) {
  for (const node of root.querySelectorAll("[data-hue]")) if (node.dataset.hue !== "None") setHue(node, node.dataset.hue);
  for (const node of root.querySelectorAll("[data-share]")) setShare(node, node.dataset.share);
  document.documentElement.classList.add("scripted");
}
