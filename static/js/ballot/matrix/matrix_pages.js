/** The matrix on a phone: one option at a time, a scale for each criterion. */

import { element, setHue, setText } from "../../dom.js";
import { words } from "../../words.js";
import { Scale } from "../controls/scale.js";

const w = words.ballots;

export class MatrixPages {
  #options;
  #criteria;
  #at = 0;
  #scales = [];
  #tabs;
  #panel = element("section", { className: "matrix-panel option", tabIndex: -1 });
  #cell = () => null;
  #isOpen = false;
  #change;

  constructor(options, criteria, change) {
    this.#options = options;
    this.#criteria = criteria;
    this.#change = change;
    this.#tabs = options.map((option, at) => {
      const tab = element("button", { type: "button", className: "matrix-tab option", on: { click: () => this.#go(at) } }, element("span", { text: option.name }), element("span", { className: "matrix-tab-count num" }));
      setHue(tab, option.hue);
      return tab;
    });
    this.element = element("div", { className: "matrix-pages" }, element("nav", { className: "matrix-tabs", "aria-label": words.ballots.option }, ...this.#tabs), this.#panel);
    this.#build();
  }

  update(cell, isOpen) {
    this.#cell = cell;
    this.#isOpen = isOpen;
    this.#fill();
  }

  #go(at) {
    this.#at = at;
    this.#build();
    this.#fill();
    this.#panel.focus({ preventScroll: true });
    this.#tabs[at].scrollIntoView({ block: "nearest", inline: "center" });
    if (this.element.getBoundingClientRect().top < 0) this.element.scrollIntoView({ block: "start" });
  }

  #build() {
    const option = this.#options[this.#at];
    this.#scales = this.#criteria.map(({ id, name }) => new Scale(w.scoreOf(name, option.name), (score) => this.#change(option.id, id, score)));
    const rows = this.#criteria.map(({ name, share }, n) =>
      element("div", { className: "matrix-row" }, element("p", { className: "matrix-criterion" }, element("b", { text: name }), element("span", { className: "soft small num", text: w.weight(share) })), this.#scales[n].element),
    );
    const isLast = this.#at === this.#options.length - 1;
    const step = (text, by, isOff) => element("button", { type: "button", className: by > 0 ? "button button-main" : "button", text, disabled: isOff, on: { click: () => this.#go(this.#at + by) } });
    setHue(this.#panel, option.hue);
    this.#panel.setAttribute("aria-label", option.name);
    this.#panel.replaceChildren(
      element("header", { className: "matrix-head" }, element("h3", { text: option.name }), element("span", { className: "soft small num", text: w.optionOf(this.#at + 1, this.#options.length) })),
      element("p", { className: "card-strapline", text: option.strapline }),
      ...rows,
      element("div", { className: "matrix-foot" }, step(w.previous, -1, this.#at === 0), isLast ? element("span", { className: "soft small", text: w.lastOption }) : step(w.next, 1, false)),
    );
  }

  #fill() {
    const { id } = this.#options[this.#at];
    for (const [n, criterion] of this.#criteria.entries()) this.#scales[n].update({ value: this.#cell(id, criterion.id), group: `cell-${id}-${criterion.id}`, isOpen: this.#isOpen });
    for (const [n, tab] of this.#tabs.entries()) {
      const given = this.#criteria.filter((criterion) => this.#cell(this.#options[n].id, criterion.id) !== null).length;
      if (n === this.#at) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
      tab.toggleAttribute("data-done", given === this.#criteria.length);
      setText(tab.lastElementChild, given === this.#criteria.length ? "✓" : `${given}/${this.#criteria.length}`);
    }
  }
}
