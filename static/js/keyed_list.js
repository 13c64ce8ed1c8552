import { keepFocus } from "./dom.js";
import { workAtOnce, workInSlices } from "./slices.js";

/** A list of elements that stay themselves while their data change.
 *
 *  `make(item, element)` returns `{ element, update(item) }`; `element` is what the server
 *  rendered for this key, or null. Elements that are in place are not touched, so focus and
 *  open forms stay where they are.
 *
 *  @template Item
 *  @template {View<Item>} Shown
 */
export class KeyedList {
  #container;
  #key;
  #make;
  /** @type {Map<string, Shown>} */
  #entries = new Map();
  /** @type {Map<string, HTMLElement>} */
  #rendered = new Map();
  #inSlices;
  /** Makes the elements that are left.
   *  @type {Iterator<void> | null} */
  #work = null;

  /** @param {HTMLElement} container
   *  @param {{
   *    key?: (item: Item) => string,
   *    make: (item: Item, rendered: HTMLElement | null) => Shown,
   *    inSlices?: boolean,
   *  }} how by default `key` is the item's `id`; `inSlices`: many that take long to make are made
   *    little by little, see `finish`
   */
  constructor(container, { key = idOf, make, inSlices = false }) {
    this.#inSlices = inSlices;
    this.#container = container;
    this.#key = key;
    this.#make = make;
    for (const child of /** @type {Iterable<HTMLElement>} */ (container.children))
      this.#rendered.set(child.dataset.key ?? "", child);
  }

  /** @param {string | null | undefined} key */
  get(key) {
    return this.#entries.get(key ?? "");
  }

  /** What has the focus and goes away leaves it to what is in its place then.
   *
   *  @param {Item[]} items
   */
  render(items) {
    const { children } = this.#container;
    const at = [...children].findIndex((child) => child.contains(document.activeElement));
    const next = () => children[Math.min(at, children.length - 1)] ?? this.#container;
    keepFocus(
      this.#container,
      () => this.#place(items),
      () => /** @type {HTMLElement} */ (next()),
    );
  }

  /** Makes those that are left, at once. */
  finish() {
    if (this.#work) workAtOnce(this.#work);
  }

  /** @param {Item[]} items */
  #place(items) {
    const wanted = new Set(items.map((item) => this.#key(item)));
    for (const [key, entry] of this.#entries) {
      if (wanted.has(key)) continue;
      entry.element.remove();
      this.#entries.delete(key);
    }
    for (const [key, element] of this.#rendered) if (!wanted.has(key)) element.remove();
    // Of an older list no more is made.
    this.#work?.return?.();
    this.#work = this.#placing(items);
    if (this.#inSlices) workInSlices(this.#work);
    else this.finish();
  }

  /** Yields where it can be interrupted.
   *
   *  @param {Item[]} items
   *  @returns {Generator<void, void>}
   */
  *#placing(items) {
    let place = this.#container.firstElementChild;
    for (const item of items) {
      if (!this.#entries.has(this.#key(item))) yield;
      const { element } = this.#entry(item);
      if (element === place) place = place.nextElementSibling;
      else this.#container.insertBefore(element, place);
    }
    this.#rendered.clear();
  }

  /** @param {Item} item */
  #entry(item) {
    const key = this.#key(item);
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = this.#make(item, this.#rendered.get(key) ?? null);
      entry.element.dataset.key = key;
      this.#entries.set(key, entry);
    }
    entry.update(item);
    return entry;
  }
}

/** @param {any} item */
const idOf = (item) => item.id;
