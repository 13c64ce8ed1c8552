import { keepFocus } from "./dom.js";

/** How long a list makes elements before the page may react again, in ms; and how many it makes at
 *  least, which fill a phone.
 */
const SLICE_MS = 8;
const AT_ONCE = 6;

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
  /** Makes the elements that are left; null if there are none.
   *  @type {(() => void) | null} */
  #rest = null;

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
    while (this.#rest) this.#rest();
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
    this.#placeFrom(items, 0, this.#container.firstElementChild);
  }

  /** @param {Item[]} items @param {number} from @param {Element | null} first what is there */
  #placeFrom(items, from, first) {
    this.#rest = null;
    let place = first;
    const until = performance.now() + SLICE_MS;
    for (const [at, item] of items.entries()) {
      if (at < from) continue;
      const isNew = !this.#entries.has(this.#key(item));
      if (this.#inSlices && isNew && at >= from + AT_ONCE && performance.now() > until) {
        this.#continue(items, at, place);
        return;
      }
      const { element } = this.#entry(item);
      if (element === place) place = place.nextElementSibling;
      else this.#container.insertBefore(element, place);
    }
    this.#rendered.clear();
  }

  /** @param {Item[]} items @param {number} from @param {Element | null} place */
  #continue(items, from, place) {
    const rest = () => this.#placeFrom(items, from, place);
    this.#rest = rest;
    // Unless a newer list has come meanwhile.
    setTimeout(() => this.#rest === rest && rest());
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
