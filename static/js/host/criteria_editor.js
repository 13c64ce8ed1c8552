/** The criteria of a matrix round: a name and a weight each, and what that is of the whole. */

import { element, setText } from "../dom.js";
import { words } from "../words.js";

const w = words.host;
const MOST = 20;
const WEIGHT = { min: "0.1", max: "100", step: "any" };

export class CriteriaEditor {
  #list;
  #add;

  constructor(list, add) {
    this.#list = list;
    this.#add = add;
    list.addEventListener("input", () => this.#weigh());
    add.addEventListener("click", () => {
      this.#append({ name: "", weight: 1 });
      this.#weigh();
      list.lastElementChild.querySelector("input").focus();
    });
  }

  /** Criteria as the wire has them, in the order in which they stand. */
  get value() {
    return this.#rows.map(({ id, name, weight }) => ({ ...(id && { id }), name: name.value.trim(), weight: weight.valueAsNumber })).filter(({ name }) => name);
  }

  fill(criteria) {
    this.#list.replaceChildren();
    for (const criterion of criteria.length ? criteria : [{ name: "", weight: 1 }, { name: "", weight: 1 }]) this.#append(criterion);
    this.#weigh();
  }

  get #rows() {
    return [...this.#list.children].map((row) => {
      const [name, weight] = row.querySelectorAll("input");
      return { id: row.dataset.id, name, weight, share: row.querySelector("output") };
    });
  }

  #append({ id, name, weight }) {
    const row = element(
      "li",
      { className: "criterion" },
      element("input", { className: "input", value: name, maxLength: 80, required: true, placeholder: w.criterionHint, "aria-label": w.criterion }),
      element("input", { className: "input num", type: "number", value: String(weight), required: true, "aria-label": w.weight, ...WEIGHT }),
      element("output", { className: "soft num" }),
      element("button", { type: "button", className: "button button-quiet", "aria-label": w.removeCriterion, text: "✕", on: { click: () => this.#remove(row) } }),
    );
    if (id) row.dataset.id = id;
    this.#list.append(row);
  }

  #remove(row) {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.#weigh();
    (neighbour?.querySelector("input") ?? this.#add).focus();
  }

  #weigh() {
    const rows = this.#rows;
    const sum = rows.reduce((all, { weight }) => all + (weight.valueAsNumber || 0), 0);
    for (const { weight, share } of rows) setText(share, sum ? words.results.percent((weight.valueAsNumber || 0) / sum) : "");
    this.#add.disabled = rows.length >= MOST;
  }
}
