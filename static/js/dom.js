/** Making and changing elements. Data reaches the page as text, never as HTML. */

import { unfoldOnPaper } from "./print.js";
import { nextTask, workInSlices } from "./slices.js";

/** Makes an element. `properties`: `on` has listeners, `data` data attributes, `text` the text; a
 *  name with a hyphen (`aria-label`) or `role` becomes an attribute, everything else a property.
 *
 *  @template {keyof HTMLElementTagNameMap} Tag
 *  @param {Tag} tag
 *  @param {{
 *    on?: Record<string, (event: any) => void>,
 *    data?: Record<string, string>,
 *    text?: string,
 *    [property: string]: any,
 *  }} properties
 *  @param {(Node | string | null)[]} children null is left out
 *  @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, { on = {}, data = {}, text, ...properties } = {}, ...children) {
  const node = document.createElement(tag);
  /** @type {Record<string, any>} */
  const settable = node;
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") node.setAttribute(name, value);
    else settable[name] = value;
  }
  Object.assign(node.dataset, data);
  for (const [name, listener] of Object.entries(on)) node.addEventListener(name, listener);
  if (text !== undefined) node.textContent = text;
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** @param {ParentNode} root @param {string} selector */
const queryAll = (root, selector) =>
  /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(selector));

/** The part of a root with a name. What kind of element it is, the template knows.
 *
 *  @param {ParentNode} root
 *  @param {string} name
 *  @returns {any}
 */
export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

/** All parts of a root by name.
 *
 *  @param {ParentNode} root
 *  @returns {Parts}
 */
export function parts(root) {
  /** @type {Parts} */
  const found = {};
  // Not by `dataset`, which a browser would make for each of thousands.
  for (const node of queryAll(root, "[data-part]"))
    found[/** @type {string} */ (node.getAttribute("data-part"))] = node;
  return found;
}

/** Writes only what differs, so that a reader's selection and a screen reader stay calm.
 *
 *  @param {Node | null} node
 *  @param {string | null | undefined} text
 */
export function setText(node, text) {
  const shown = /** @type {Node} */ (node);
  if (shown.textContent !== text) shown.textContent = text ?? "";
}

/** @param {HTMLElement} node @param {boolean} isShown */
export function show(node, isShown) {
  if (node.hidden === isShown) node.hidden = !isShown;
}

/** Makes a change to what is in `root`. What has the focus there and cannot keep it hands it on to
 *  `next`, so that who uses a keyboard does not start at the top of the page again.
 *
 *  @param {HTMLElement} root
 *  @param {() => void} change
 *  @param {HTMLElement | (() => HTMLElement)} [next]
 */
export function keepFocus(root, change, next = root) {
  const focused = /** @type {HTMLElement} */ (document.activeElement ?? document.body);
  const isWithin = focused !== document.body && root.contains(focused);
  change();
  if (!isWithin || ![focused, document.body].includes(/** @type {any} */ (document.activeElement)))
    return;
  if (!canHaveFocus(focused)) takeFocus(typeof next === "function" ? next() : next);
  else if (focused !== document.activeElement) focused.focus({ preventScroll: true });
}

/** Gives the focus to an element, whether or not it is a control; where it is not shown, to what
 *  is nearest around it.
 *
 *  @param {HTMLElement} node
 */
export function takeFocus(node) {
  /** @type {HTMLElement | null} */
  let at = node;
  while (at && !canHaveFocus(at)) at = at.parentElement;
  if (!at) return;
  if (at.tabIndex < 0) at.tabIndex = -1;
  at.focus({ preventScroll: true });
}

/** Makes a change that no one on this page has asked for. What a person writes in, or has in the
 *  middle of the screen, stays where it is, whether or not the browser would see to that.
 *
 *  @param {() => void} change
 */
export function keepPlace(change) {
  const { innerWidth: width, innerHeight: height } = window;
  const field = document.activeElement;
  const isWriting = field?.matches("textarea") && isOnScreen(field);
  const kept = isWriting ? field : document.elementFromPoint(width / 2, height / 2);
  const before = kept?.getBoundingClientRect().top ?? 0;
  change();
  const moved = kept?.getClientRects().length ? kept.getBoundingClientRect().top - before : 0;
  if (moved) window.scrollBy({ top: moved, behavior: "instant" });
}

/** @param {Element} node */
function isOnScreen(node) {
  const { top, bottom } = node.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}

/** @param {HTMLElement} node */
const canHaveFocus = (node) =>
  node.getClientRects().length > 0 &&
  !node.matches(":disabled") &&
  getComputedStyle(node).visibility === "visible";

/** A copy of the one element in a `<template>`.
 *
 *  @param {string} id
 *  @returns {HTMLElement}
 */
export const fromTemplate = (id) =>
  /** @type {any} */ (document.getElementById(id)).content.firstElementChild.cloneNode(true);

/** Gives an option's colour to an element. All that is in the element inherits it, so it is set
 *  only for news; where the server has given it by a class, it is none.
 *
 *  @param {HTMLElement} node
 *  @param {number | string | undefined} hue in degrees
 */
export function setHue(node, hue = 268) {
  const known = node.style.getPropertyValue("--h") || (hasHueClass(node) && node.dataset.hue);
  if (known !== String(hue)) node.style.setProperty("--h", String(hue));
}

/** @param {HTMLElement} node */
const hasHueClass = (node) => /\bhue-\d/.test(node.className);

/** @param {HTMLElement} node @param {number | string | undefined} share from 0 to 1 */
export function setShare(node, share) {
  node.style.setProperty("--share", String(share));
}

/** Tells the page and other elements how high an element is, whenever that changes, as a length
 *  that their styles can use. Inherited, it would change the styles of all that is in them;
 *  `base.css` sees to it that it is not.
 *
 *  @param {"--top" | "--bottom"} name of the custom property
 *  @param {HTMLElement} node
 *  @param {HTMLElement[]} others
 */
export function tellHeight(name, node, ...others) {
  const told = [document.documentElement, ...others];
  new ResizeObserver(() => {
    const height = `${node.offsetHeight}px`;
    requestAnimationFrame(() => told.forEach(({ style }) => style.setProperty(name, height)));
  }).observe(node);
}

/** What the server could not write, because it writes no styles: colours and lengths. */
export function paint(root = document) {
  for (const node of queryAll(root, "[data-hue]"))
    if (node.dataset.hue !== "None") setHue(node, node.dataset.hue);
  for (const node of queryAll(root, "[data-share]")) setShare(node, node.dataset.share);
}

/** Starts a page, after its modules are there. Where that fails, its controls stay hidden, and
 *  `watchdog.js` says so.
 *
 *  @param {() => void | Iterator<void>} start yields wherever it can be interrupted
 */
export function startPage(start) {
  if (!globalThis.stackvoteWords) throw new Error("stackvoteWords is missing");
  const root = document.documentElement;
  root.classList.add("starting");
  nextTask().then(async () => {
    paint();
    await nextTask();
    await workInSlices(start() ?? [].values());
    unfoldOnPaper();
    root.classList.add("scripted");
  });
}
