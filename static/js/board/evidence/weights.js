/** Other weights to try, by criteria: a slider for each, and who would be first. Nothing of it is
 *  sent or stored. */

import { element, setHue, setShare, setText } from "../../dom.js";
import { t } from "../../words.js";
import { decimal, percentOf, percentText } from "../measure.js";

const MAX_SCORE = 5;

/** @typedef {{ round: Wire.RoundView, result: Wire.Result, voters: number }} About */

/** The options by their weighted means, best first, as server/domain/methods/weighted_means.py
 *  counts: what no one scored by a criterion leaves it out, and options below the quorum come last.
 *
 *  @param {About} of
 *  @param {Record<string, number>} weights by criterion
 *  @returns {{ id: string, mean: number | null }[]}
 */
export function reweighed({ round, result, voters }, weights) {
  const { means = {}, no_opinion: silent = {} } = result;
  const least = (round.settings.quorum ?? 0) * voters;
  const ids = result.order.flat();
  const reaching = new Set(ids.filter((id) => voters - (silent[id] ?? 0) >= least));
  /** @param {string} id */
  const mean = (id) => {
    const cells = Object.entries(means[id] ?? {});
    const whole = cells.reduce((sum, [criterion]) => sum + (weights[criterion] ?? 0), 0);
    if (!whole) return null;
    return (
      cells.reduce((sum, [criterion, score]) => sum + (weights[criterion] ?? 0) * score, 0) / whole
    );
  };
  return ids
    .map((id) => ({ id, mean: mean(id) }))
    .sort(
      (a, b) =>
        Number(reaching.has(b.id)) - Number(reaching.has(a.id)) || (b.mean ?? -1) - (a.mean ?? -1),
    );
}

export class Weights {
  #about;
  #options;
  /** @type {{ id: string, weight: number, input: HTMLInputElement, share: HTMLElement }[]} */
  #sliders;
  #said = element("p", { className: "weights-said", role: "status" });
  #list = element("ol", { className: "weights-order" });

  /** @param {About & { options: Options }} of */
  constructor({ options, ...about }) {
    this.#about = about;
    this.#options = options;
    const criteria = about.round.settings.criteria ?? [];
    const whole = criteria.reduce((sum, { weight }) => sum + weight, 0);
    const rows = criteria.map(({ id, name, weight }) => {
      const share = element("span", { className: "weights-share num", "aria-hidden": "true" });
      const input = element("input", {
        type: "range",
        min: "0",
        max: "100",
        step: "1",
        value: String(percentOf(weight / whole)),
        on: { input: () => this.#show() },
      });
      return {
        slider: { id, weight, input, share },
        row: element(
          "label",
          { className: "weights-row" },
          element("span", { className: "weights-name", text: name }),
          input,
          share,
        ),
      };
    });
    this.#sliders = rows.map(({ slider }) => slider);
    this.element = element(
      "div",
      { className: "weights" },
      element("p", { className: "soft small", text: t("weights-note") }),
      element("div", { className: "weights-sliders" }, ...rows.map(({ row }) => row)),
      element("button", {
        type: "button",
        className: "button button-small",
        text: t("weights-reset"),
        on: { click: () => this.#reset(whole) },
      }),
      this.#said,
      this.#list,
    );
    this.#show();
  }

  /** @param {number} whole */
  #reset(whole) {
    for (const { input, weight } of this.#sliders) input.value = String(percentOf(weight / whole));
    this.#show();
  }

  /** Where nothing was moved, the weights are the round's own, not those rounded to the sliders. */
  #weights() {
    const whole = this.#sliders.reduce((sum, { weight }) => sum + weight, 0);
    const isOwn = this.#sliders.every(
      ({ input, weight }) => Number(input.value) === percentOf(weight / whole),
    );
    return Object.fromEntries(
      this.#sliders.map(({ id, weight, input }) => [id, isOwn ? weight : Number(input.value)]),
    );
  }

  #show() {
    const weights = this.#weights();
    const whole = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    for (const { id, input, share } of this.#sliders) {
      const text = percentText(whole ? weights[id] / whole : 0);
      setText(share, text);
      input.setAttribute("aria-valuetext", text);
    }
    const order = reweighed(this.#about, weights);
    const [first] = order;
    const isTied = first.mean !== null && decimal(first.mean) === decimal(order[1]?.mean ?? -1);
    setText(
      this.#said,
      !whole || first.mean === null
        ? t("weights-none")
        : t(isTied ? "weights-tied" : "weights-first", {
            first: this.#name(first.id),
            second: this.#name(order[1].id),
            mean: decimal(first.mean),
          }),
    );
    this.#list.replaceChildren(...(whole ? order.map((each) => this.#row(each)) : []));
  }

  /** @param {{ id: string, mean: number | null }} of */
  #row({ id, mean }) {
    const bar = element("span", { className: "weights-bar", "aria-hidden": "true" });
    const row = element(
      "li",
      { className: "option" },
      element("span", { className: "weights-option", text: this.#name(id) }),
      bar,
      element("span", { className: "num", text: mean === null ? "–" : decimal(mean) }),
    );
    setHue(row, this.#options.get(id)?.hue);
    setShare(bar, (mean ?? 0) / MAX_SCORE);
    return row;
  }

  /** @param {string} id */
  #name(id) {
    return this.#options.get(id)?.name ?? id;
  }
}
