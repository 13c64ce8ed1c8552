/** Rows of a few fields, such as what follows from a decision, or is predicted of it. */

import { element } from "../dom.js";

/** A field of a row: `name` on the wire, and what its input needs.
 *  @typedef {{ name: string, label: string, [property: string]: any }} Field
 */

export class RowsEditor {
  #list;
  #add;
  #of;

  /**
   *  @param {HTMLElement} list
   *  @param {HTMLButtonElement} add
   *  @param {{ fields: Field[], most: number, remove: string }} of `remove` names the button
   */
  constructor(list, add, of) {
    this.#list = list;
    this.#add = add;
    this.#of = of;
    add.addEventListener("click", () => this.#append({}).querySelector("input")?.focus());
  }

  /** What the rows say, by field, with the `id` of what they were filled with. Rows in which
   *  nothing is written are left out.
   *
   *  @returns {any[]}
   */
  get value() {
    return [.../** @type {Iterable<HTMLElement>} */ (this.#list.children)]
      .map((row) => ({
        id: row.dataset.id,
        texts: [...row.querySelectorAll("input")].map((input) => input.value.trim()),
      }))
      .filter(({ texts }) => texts.some(Boolean))
      .map(({ id, texts }) => ({
        ...(id && { id }),
        ...Object.fromEntries(this.#of.fields.map(({ name }, n) => [name, texts[n]])),
      }));
  }

  /** @param {readonly Record<string, any>[]} rows */
  fill(rows) {
    this.#list.replaceChildren();
    for (const row of rows) this.#append(row);
    this.#limit();
  }

  /** @param {Record<string, any>} values */
  #append(values) {
    const inputs = this.#of.fields.map(({ name, label, ...properties }) =>
      element("input", {
        className: "input",
        value: String(values[name] ?? ""),
        placeholder: label,
        "aria-label": label,
        autocomplete: "off",
        ...properties,
      }),
    );
    const remove = element("button", {
      type: "button",
      className: "button button-quiet",
      "aria-label": this.#of.remove,
      text: "✕",
      on: { click: () => this.#remove(row) },
    });
    const row = element("li", { className: "consequence" }, ...inputs, remove);
    if (values.id) row.dataset.id = values.id;
    this.#list.append(row);
    this.#limit();
    return row;
  }

  /** @param {HTMLElement} row */
  #remove(row) {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.#limit();
    (neighbour?.querySelector("input") ?? this.#add).focus();
  }

  #limit() {
    this.#add.disabled = this.#list.children.length >= this.#of.most;
  }
}
