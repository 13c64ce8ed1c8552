/** The matrix on a phone: one option at a time, a scale for each criterion. */

import { percentOf } from "../../board/measure.js";
import { element, setHue, setText, show } from "../../dom.js";
import { t } from "../../words.js";
import { Scale } from "../controls/scale.js";

export class MatrixPages {
  #options;
  #criteria;
  #at = 0;
  /** @type {Scale[]} */
  #scales = [];
  #tabs;
  #panel = element("section", { className: "matrix-panel option", tabIndex: -1 });
  /** @type {(option: string, criterion: string) => number | null} */
  #cell = () => null;
  #isOpen = false;
  #change;

  /** @param {Wire.Option[]} options @param {Weighed[]} criteria @param {ChangeCell} change */
  constructor(options, criteria, change) {
    this.#options = options;
    this.#criteria = criteria;
    this.#change = change;
    this.#tabs = options.map((option, at) => {
      const tab = element(
        "button",
        { type: "button", className: "matrix-tab option", on: { click: () => this.#go(at) } },
        element("span", { text: option.name }),
        element("span", { className: "matrix-tab-count num" }),
      );
      setHue(tab, option.hue);
      return tab;
    });
    this.element = element(
      "div",
      { className: "matrix-pages" },
      element("nav", { className: "matrix-tabs", "aria-label": t("ballot-option") }, ...this.#tabs),
      this.#panel,
    );
    this.#build();
  }

  /** @param {(option: string, criterion: string) => number | null} cell @param {boolean} isOpen */
  update(cell, isOpen) {
    this.#cell = cell;
    this.#isOpen = isOpen;
    this.#fill();
  }

  /** @param {(option: Wire.Option) => boolean} isFound */
  find(isFound) {
    for (const [n, tab] of this.#tabs.entries()) show(tab, isFound(this.#options[n]));
  }

  /** @param {number} at */
  #go(at) {
    this.#at = at;
    this.#build();
    this.#fill();
    this.#panel.focus({ preventScroll: true });
    this.#tabs[at].scrollIntoView({ block: "nearest", inline: "center" });
    if (this.element.getBoundingClientRect().top < 0)
      this.element.scrollIntoView({ block: "start" });
  }

  #build() {
    const option = this.#options[this.#at];
    this.#scales = this.#criteria.map(
      ({ id, name }) =>
        new Scale(t("ballot-score-of", { criterion: name, option: option.name }), (score) =>
          this.#change(option.id, id, score),
        ),
    );
    const rows = this.#criteria.map(({ name, share }, n) =>
      element(
        "div",
        { className: "matrix-row" },
        element(
          "p",
          { className: "matrix-criterion" },
          element("b", { text: name }),
          element("span", {
            className: "soft small num",
            text: t("ballot-weight", { percent: percentOf(share) }),
          }),
        ),
        this.#scales[n].element,
      ),
    );
    const isLast = this.#at === this.#options.length - 1;
    /** @param {string} text @param {number} by @param {boolean} isOff */
    const step = (text, by, isOff) =>
      element("button", {
        type: "button",
        className: by > 0 ? "button button-main" : "button",
        text,
        disabled: isOff,
        on: { click: () => this.#go(this.#at + by) },
      });
    setHue(this.#panel, option.hue);
    this.#panel.setAttribute("aria-label", option.name);
    this.#panel.replaceChildren(
      element(
        "header",
        { className: "matrix-head" },
        element("h3", { text: option.name }),
        element("span", {
          className: "soft small num",
          text: t("ballot-option-of", { n: this.#at + 1, of: this.#options.length }),
        }),
      ),
      element("p", { className: "card-strapline", text: option.strapline }),
      ...rows,
      element(
        "div",
        { className: "matrix-foot" },
        step(t("ballot-previous"), -1, this.#at === 0),
        isLast
          ? element("span", { className: "soft small", text: t("ballot-last-option") })
          : step(t("ballot-next"), 1, false),
      ),
    );
  }

  #fill() {
    const { id } = this.#options[this.#at];
    for (const [n, criterion] of this.#criteria.entries())
      this.#scales[n].update({
        value: this.#cell(id, criterion.id),
        group: `cell-${id}-${criterion.id}`,
        isOpen: this.#isOpen,
      });
    for (const [n, tab] of this.#tabs.entries()) {
      const given = this.#criteria.filter(
        (criterion) => this.#cell(this.#options[n].id, criterion.id) !== null,
      ).length;
      if (n === this.#at) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
      tab.toggleAttribute("data-done", given === this.#criteria.length);
      setText(
        tab.lastElementChild,
        given === this.#criteria.length ? "✓" : `${given}/${this.#criteria.length}`,
      );
    }
  }
}
