/** What voters must know about this round: who sees what, and when. */

import { element } from "../dom.js";
import { seriesOf, t } from "../words.js";
import { optionsById } from "./votable.js";

/** The whole order, where it is short enough to be read. */
const MOST_NAMED = 8;

/** @param {string[]} ids @param {Options} options */
const orderOf = (ids, options) =>
  ids.length > MOST_NAMED ? "" : seriesOf(ids.map((id) => options.get(id)?.name ?? id));

/** @param {Wire.RoundSettings} of @param {string} order */
function tieBreak({ tie_break: by }, order) {
  if (by !== "listed" && by !== "lot") return "";
  return order ? t("rule-tie-break-order", { by, order }) : t("rule-tie-break", { by });
}

/** A share as a percentage, without the noise of binary fractions. @param {number} share */
const percent = (share) => String(Number((share * 100).toPrecision(6)));

/** @param {BoardState} of @returns {Generator<[text: string, isLoud?: boolean]>} */
function* lines({ board, round, result, phase, current }) {
  const options = optionsById({ board });
  if (!round) yield [t("rule-not-started")];
  else {
    const { visibility, names } = round.settings;
    if (round.names) yield [t("rule-criteria"), true];
    const step = visibility === "on_reveal" ? 0 : (current?.step ?? 0);
    if (visibility === "live" ? phase === "open" && !step : !result)
      yield [t("rule-visibility", { visibility })];
    if (step)
      yield [t("rule-steps", { state: result ? "shown" : "hidden", step, least: 2 * step })];
    if (round.settings.sealed_talk && (round.state === "open" || round.state === "locked"))
      yield [t("rule-sealed")];
    yield [t("rule-names", { names }), names === "open"];
    if (round.settings.quorum) yield [t("rule-quorum", { share: percent(round.settings.quorum) })];
    if (round.tie_order?.length)
      yield [tieBreak(round.settings, orderOf(round.tie_order, options))];
  }
  if (board.settings.host_sees_results) yield [t("rule-host-sees"), true];
}

export class Rules {
  #list;
  /** @type {string | null} */
  #shown = null;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /** @param {BoardState} state */
  update(state) {
    const now = [...lines(state)];
    if (this.#shown === (this.#shown = JSON.stringify(now))) return;
    this.#list.replaceChildren(
      ...now.map(([text, isLoud]) => element("li", { text, className: isLoud ? "rule-loud" : "" })),
    );
  }
}
