/** What everybody must know about this round before voting: who sees what, and when. */

import { element } from "../dom.js";
import { words } from "../words.js";
import { optionsById } from "./votable.js";

/** The whole order, where it is short enough to be read. */
const MOST_NAMED = 8;

const orderOf = (ids, options) => (ids.length > MOST_NAMED ? "" : ids.map((id) => options.get(id)?.name ?? id).join(", "));

function* lines({ board, round, result, phase }) {
  const options = optionsById({ board });
  if (!round) yield [words.rules.setup];
  else {
    const { visibility, names } = round.settings;
    if (visibility === "live" ? phase === "open" : !result) yield [words.rules[visibility]];
    yield [words.rules[names], names === "open"];
    if (round.tie_order?.length) yield [words.rules.tieBreaks[round.settings.tie_break](orderOf(round.tie_order, options))];
  }
  if (board.settings.host_sees_results) yield [words.rules.hostSees, true];
}

export class Rules {
  #list;
  #shown = null;

  constructor(list) {
    this.#list = list;
  }

  update(state) {
    const now = [...lines(state)];
    if (this.#shown === (this.#shown = JSON.stringify(now))) return;
    this.#list.replaceChildren(...now.map(([text, isLoud]) => element("li", { text, className: isLoud ? "rule-loud" : "" })));
  }
}
