/** The matrix on a desktop: a row an option, a column a criterion. */

import { percentOf } from "../../board/measure.js";
import { element, setHue, show } from "../../dom.js";
import { t } from "../../words.js";
import { SCORES } from "../controls/scale.js";

export class MatrixGrid {
  /** @type {{ select: HTMLSelectElement, option: string, criterion: string }[]} */
  #cells = [];
  #rows;
  #options;

  /** @param {Wire.Option[]} options @param {Weighed[]} criteria @param {ChangeCell} change */
  constructor(options, criteria, change) {
    const head = element(
      "tr",
      {},
      element("th", { scope: "col", text: t("ballot-option") }),
      ...criteria.map(({ name, share }) =>
        element(
          "th",
          { scope: "col" },
          element("span", { text: name }),
          element("span", {
            className: "soft small num",
            text: t("ballot-weight", { percent: percentOf(share) }),
          }),
        ),
      ),
    );
    const rows = options.map((option) => {
      const row = element(
        "tr",
        { className: "option" },
        element("th", { scope: "row" }, element("span", { text: option.name })),
      );
      setHue(row, option.hue);
      for (const criterion of criteria) row.append(this.#cell(option, criterion, change));
      return row;
    });
    this.#options = options;
    this.#rows = rows;
    this.element = element(
      "div",
      {
        className: "matrix-scroll",
        tabIndex: 0,
        role: "region",
        "aria-label": t("ballot-matrix-caption"),
      },
      element(
        "table",
        { className: "matrix-grid" },
        element("caption", { className: "visually-hidden", text: t("ballot-matrix-caption") }),
        element("thead", {}, head),
        element("tbody", {}, ...rows),
      ),
    );
  }

  /** @param {(option: string, criterion: string) => number | null} cell @param {boolean} isOpen */
  update(cell, isOpen) {
    for (const { select, option, criterion } of this.#cells) {
      const score = cell(option, criterion);
      const value = score === null ? "" : String(score);
      if (select.value !== value) select.value = value;
      select.dataset.score = value;
      select.disabled = !isOpen;
    }
  }

  /** @param {(option: Wire.Option) => boolean} isFound */
  find(isFound) {
    for (const [n, row] of this.#rows.entries()) show(row, isFound(this.#options[n]));
  }

  /** @param {Wire.Option} option @param {Weighed} criterion @param {ChangeCell} change */
  #cell(option, criterion, change) {
    const select = element(
      "select",
      {
        className: "matrix-cell num",
        "aria-label": t("ballot-score-of", { criterion: criterion.name, option: option.name }),
        on: {
          change: ({ target }) =>
            change(option.id, criterion.id, target.value === "" ? null : Number(target.value)),
        },
      },
      element("option", { value: "", text: "–", label: t("ballot-no-opinion") }),
      ...SCORES.map((score) => element("option", { value: String(score), text: String(score) })),
    );
    this.#cells.push({ select, option: option.id, criterion: criterion.id });
    return element("td", {}, select);
  }
}
