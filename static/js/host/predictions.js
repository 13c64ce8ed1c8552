/** What was predicted of the decision: on the day to look at it again, whether it came true. */

import { element, setText, show } from "../dom.js";
import { t } from "../words.js";
import { decimal } from "../board/measure.js";

export class Predictions {
  #parts;
  #live;
  #fail;
  #shown = "";

  /** @param {Parts} page @param {HostTools} of */
  constructor(page, { live, fail }) {
    this.#parts = page;
    this.#live = live;
    this.#fail = fail;
  }

  /** @param {BoardState} state */
  update({ board: { decision }, now }) {
    const {
      predictions: section,
      "predictions-list": list,
      "predictions-score": score,
    } = this.#parts;
    const predictions = decision?.predictions ?? [];
    const scored = predictions.filter(({ came_true: came }) => came !== undefined);
    const isDue = (decision?.revisit_on ?? "") <= today(now);
    show(section, predictions.length > 0 && (isDue || scored.length > 0));
    const told = JSON.stringify(predictions);
    if (told === this.#shown) return;
    this.#shown = told;
    list.replaceChildren(...predictions.map((each, n) => this.#row(each, n + 1)));
    setText(score, scored.length ? t("host-brier", { score: decimal(brierScore(scored)) }) : "");
  }

  /** @param {Wire.Prediction} of @param {number} number */
  #row({ text, confidence, came_true: came }, number) {
    const answers = [true, false].map((answer) =>
      element("button", {
        type: "button",
        className: "button button-small",
        text: t(answer ? "host-came-true" : "host-did-not"),
        "aria-pressed": String(came === answer),
        // What is pressed already is taken back.
        on: { click: () => this.#score(number, came === answer ? null : answer) },
      }),
    );
    return element(
      "li",
      {},
      element("p", { text: t("host-prediction", { text, confidence }) }),
      element("div", { className: "row" }, ...answers),
    );
  }

  /** @param {number} prediction @param {boolean | null} cameTrue */
  #score(prediction, cameTrue) {
    this.#live
      .request({ type: "score_prediction", prediction, came_true: cameTrue })
      .catch((refusal) => this.#fail(refusal.message));
  }
}

/** The date where the reader is, such as 2027-06-01.
 *
 *  @param {number} now in ms
 */
function today(now) {
  const day = new Date(now);
  day.setMinutes(day.getMinutes() - day.getTimezoneOffset());
  return day.toISOString().slice(0, 10);
}

/** As server/domain/decision.py has it.
 *
 *  @param {Wire.Prediction[]} scored
 */
const brierScore = (scored) =>
  scored.reduce((sum, each) => sum + (each.confidence / 100 - Number(each.came_true)) ** 2, 0) /
  scored.length;
