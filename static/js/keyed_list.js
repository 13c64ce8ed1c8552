/** A list of elements that stay themselves while their data change.
 *
 *  `make(item, element)` returns `{ element, update(item) }`; `element` is what the server
 *  rendered for this key, or null. Elements that are in place are not touched, so focus and
 *  open forms stay where they are.
 */
export class KeyedList {
  #container;
  #key;
  #make;
  #entries = new Map();
  #rendered = new Map();

  constructor(container, { key = (item) => item.id, make }) {
    this.#container = container;
    this.#key = key;
    this.#make = make;
    for (const child of container.children) this.#rendered.set(child.dataset.key, child);
  }

  get(key) {
    return this.#entries.get(key);
  }

  render(items) {
    const focused = document.activeElement;
    const wanted = new Set(items.map((item) => this.#key(item)));
    for (const [key, entry] of this.#entries) {
      if (wanted.has(key)) continue;
      entry.element.remove();
      this.#entries.delete(key);
    }
    for (const [key, element] of this.#rendered) if (!wanted.has(key)) element.remove();
    let place = this.#container.firstElementChild;
    for (const item of items) {
      const { element } = this.#entry(item);
      if (element === place) place = place.nextElementSibling;
      else this.#container.insertBefore(element, place);
    }
    this.#rendered.clear();
    // What is moved to another place loses the focus on the way.
    if (focused !== document.activeElement && this.#container.contains(focused)) focused.focus({ preventScroll: true });
  }

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
