/** Who voted what, in a round whose ballots are open, once it is revealed. Read when it is
 *  asked for. */

import { callApiUntil } from "../api.js";
import { element, part, show } from "../dom.js";
import { listOf, seriesOf, t } from "../words.js";
import { optionsById } from "./votable.js";

/** @param {Record<string, number>} points @param {(id: string) => string} name */
const gifts = (points, name) =>
  seriesOf(
    Object.entries(points).map(([id, score]) => t("ballot-score-gift", { name: name(id), score })),
  );

/** Options, or options with a number each.
 *
 *  @param {any} said @param {(id: string) => string} name @returns {string}
 */
function told(said, name) {
  if (Array.isArray(said)) return seriesOf(said.map((id) => name(id)));
  return typeof said === "object" ? gifts(said, name) : name(said);
}

/** A ballot in one line, whatever its method calls what is on it.
 *
 *  @param {any} ballot @param {(id: string) => string} name
 */
const plain = (ballot, name) =>
  Object.values(ballot)
    .map((said) => told(said, name))
    .filter(Boolean)
    .join("; ");

/** A ballot in one line, by method, where there is more to say than `plain` does.
 *
 *  @type {Record<string, (
 *    ballot: any, name: (id: string) => string, settings: Wire.RoundSettings,
 *  ) => string>}
 */
const TOLD = {
  score: (/** @type {ScoreBallot} */ { scores, no_opinion: silent = [] }, name) =>
    [
      gifts(scores, name),
      silent.length && t("ballot-no-opinion-said", { options: listOf(silent.map(name)) }),
    ]
      .filter(Boolean)
      .join("; "),
  ranked: ({ ranking }, name) =>
    ranking.map((/** @type {string[]} */ group) => group.map(name).join(" = ")).join(" > "),
  matrix: (/** @type {MatrixBallot} */ { scores }, name, { criteria = [] }) =>
    Object.entries(scores)
      .map(([id, cells]) => {
        const given = criteria.filter((each) => each.id in cells);
        const said = given.map((each) =>
          t("ballot-score-gift", { name: each.name, score: cells[each.id] }),
        );
        return t("ballot-scores-of", { option: name(id), scores: seriesOf(said) });
      })
      .join("; "),
};

/** What is on a ballot, in one line.
 *
 *  @param {Pick<Wire.RoundView, "method" | "settings">} round
 *  @param {any} ballot
 *  @param {(id: string) => string} name
 */
export const inOneLine = ({ method, settings }, ballot, name) =>
  (TOLD[method] ?? plain)(ballot, name, settings);

export class OpenBallots {
  #fold;
  #list;
  #path;
  /** @type {BoardState | null} */
  #state = null;
  /** @type {number | null} */
  #told = null;

  /** @param {HTMLElement} root @param {string} code */
  constructor(root, code) {
    this.#fold = part(root, "open-ballots");
    this.#list = part(root, "open-ballots-list");
    this.#path = `/api/boards/${code}/rounds`;
    this.#fold.addEventListener("toggle", () => this.#read());
  }

  /** @param {BoardState} state */
  update(state) {
    const { round, board } = state;
    this.#state = state;
    show(
      this.#fold,
      round?.state === "revealed" &&
        !state.isRevealing &&
        round.settings.names === "open" &&
        board.settings.show_names,
    );
    if (this.#fold.hidden) this.#fold.open = false;
    this.#read();
  }

  async #read() {
    const state = this.#state;
    const round = state?.round;
    if (!this.#fold.open || !round || this.#told === round.n) return;
    this.#told = round.n;
    try {
      /** @param {Wire.AllRounds} answer */
      const ballotsOf = ({ rounds }) => rounds.find((each) => each.round.n === round.n)?.ballots;
      const answer = await callApiUntil(this.#path, (each) => Boolean(ballotsOf(each)));
      if (this.#told !== round.n) return;
      const ballots = ballotsOf(answer) ?? [];
      const options = optionsById(state);
      /** @param {string} id */
      const name = (id) => options.get(id)?.name ?? id;
      this.#list.replaceChildren(
        ...ballots.map(({ name: who, ballot }) =>
          element(
            "li",
            {},
            element("b", { text: who }),
            element("span", {
              text: inOneLine(round, ballot, name) || t("rounds-blank-ballot"),
            }),
          ),
        ),
      );
    } catch (problem) {
      this.#told = null;
      this.#list.replaceChildren(element("li", { text: /** @type {Error} */ (problem).message }));
    }
  }
}
