/** The matrix on a desktop: a row an option, a column a criterion. */

import { element, setHue } from "../../dom.js";
import { words } from "../../words.js";
import { SCORES } from "../controls/scale.js";

const w = words.ballots;

export class MatrixGrid {
  #cells = [];

  constructor(options, criteria, change) {
    const head = element("tr", {}, element("th", { scope: "col", text: w.option }), ...criteria.map(({ name, share }) => element("th", { scope: "col" }, element("span", { text: name }), element("span", { className: "soft small num", text: w.weight(share) }))));
    const rows = options.map((option) => {
      const row = element("tr", { className: "option" }, element("th", { scope: "row" }, element("span", { className: "matrix-name", text: option.name })));
      setHue(row, option.hue);
      for (const criterion of criteria) row.append(this.#cell(option, criterion, change));
      return row;
    });
    this.element = element(
      "div",
      { className: "matrix-scroll", tabIndex: 0, role: "region", "aria-label": w.matrixCaption },
      element("table", { className: "matrix-grid" }, element("caption", { className: "visually-hidden", text: w.matrixCaption }), element("thead", {}, head), element("tbody", {}, ...rows)),
    );
  }

  update(cell, isOpen) {
    for (const { select, option, criterion } of this.#cells) {
      const score = cell(option, criterion);
      const value = score === null ? "" : String(score);
      if (select.value !== value) select.value = value;
      select.dataset.score = value;
      select.disabled = !isOpen;
    }
  }

  #cell(option, criterion, change) {
    const select = element(
      "select",
      { className: "matrix-cell num", "aria-label": w.scoreOf(criterion.name, option.name), on: { change: ({ target }) => change(option.id, criterion.id, target.value === "" ? null : Number(target.value)) } },
      element("option", { value: "", text: "–", label: w.noOpinion }),
      ...SCORES.map((score) => element("option", { value: String(score), text: String(score) })),
    );
    this.#cells.push({ select, option: option.id, criterion: criterion.id });
    return element("td", {}, select);
  }
}
