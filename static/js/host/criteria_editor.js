/** Criteria, of a round or the board: a name and a weight each, and what that is of the whole. */

import { percentText } from "../board/measure.js";
import { element, setText } from "../dom.js";
import { t } from "../words.js";

const MOST = 20;
const WEIGHT = { min: "0.1", max: "100", step: "any" };

export class CriteriaEditor {
  #list;
  #add;

  /** @param {HTMLElement} list @param {HTMLButtonElement} add */
  constructor(list, add) {
    this.#list = list;
    this.#add = add;
    list.addEventListener("input", () => this.#weigh());
    add.addEventListener("click", () => {
      this.#append({ name: "", weight: 1 });
      this.#weigh();
      list.lastElementChild?.querySelector("input")?.focus();
    });
  }

  /** Criteria as the wire has them, in the order of the list. */
  get value() {
    return this.#rows
      .map(({ id, name, weight }) => ({
        ...(id && { id }),
        name: name.value.trim(),
        weight: weight.valueAsNumber,
      }))
      .filter(({ name }) => name);
  }

  /** @param {Wire.CriterionDraft[]} criteria */
  fill(criteria) {
    this.#list.replaceChildren();
    for (const criterion of criteria.length
      ? criteria
      : [
          { name: "", weight: 1 },
          { name: "", weight: 1 },
        ])
      this.#append(criterion);
    this.#weigh();
  }

  get #rows() {
    return [.../** @type {Iterable<HTMLElement>} */ (this.#list.children)].map((row) => {
      const [name, weight] = row.querySelectorAll("input");
      return { id: row.dataset.id, name, weight, share: row.querySelector("output") };
    });
  }

  /** @param {Wire.CriterionDraft} of */
  #append({ id, name, weight }) {
    const row = element(
      "li",
      { className: "criterion" },
      element("input", {
        className: "input",
        value: name,
        maxLength: 80,
        required: true,
        placeholder: t("round-criterion-hint"),
        "aria-label": t("round-criterion"),
      }),
      element("input", {
        className: "input num",
        type: "number",
        value: String(weight),
        required: true,
        "aria-label": t("round-weight"),
        ...WEIGHT,
      }),
      element("output", { className: "soft num" }),
      element("button", {
        type: "button",
        className: "button button-quiet",
        "aria-label": t("round-remove-criterion"),
        text: "✕",
        on: { click: () => this.#remove(row) },
      }),
    );
    if (id) row.dataset.id = id;
    this.#list.append(row);
  }

  /** @param {HTMLElement} row */
  #remove(row) {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.#weigh();
    (neighbour?.querySelector("input") ?? this.#add).focus();
  }

  #weigh() {
    const rows = this.#rows;
    const sum = rows.reduce((all, { weight }) => all + (weight.valueAsNumber || 0), 0);
    for (const { weight, share } of rows)
      setText(share, sum ? percentText((weight.valueAsNumber || 0) / sum) : "");
    this.#add.disabled = rows.length >= MOST;
  }
}
