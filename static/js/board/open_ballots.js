/** Who voted what, in a round whose ballots are open, once it is revealed. Read when it is
 *  asked for. */

import { call } from "../call.js";
import { element, part, show } from "../dom.js";
import { words } from "../words.js";
import { optionsById } from "./votable.js";

const w = words.rounds;

const gifts = (points, name) => Object.entries(points).map(([id, n]) => w.gift(name(id), n)).join(", ");

/** A ballot in one line, by method. */
const TOLD = {
  single: ({ choice }, name) => (choice ? name(choice) : ""),
  approval: ({ approve }, name) => approve.map(name).join(", "),
  dots: ({ dots }, name) => gifts(dots, name),
  score: ({ scores }, name) => gifts(scores, name),
  ranked: ({ ranking }, name) => ranking.map((group) => group.map(name).join(" = ")).join(" > "),
  matrix: ({ scores }, name, { criteria }) =>
    Object.entries(scores)
      .map(([id, cells]) => `${name(id)}: ${criteria.filter((each) => each.id in cells).map((each) => w.gift(each.name, cells[each.id])).join(", ")}`)
      .join("; "),
};

export class OpenBallots {
  #fold;
  #list;
  #path;
  #state = null;
  #told = null;

  constructor(root, code) {
    this.#fold = part(root, "open-ballots");
    this.#list = part(root, "open-ballots-list");
    this.#path = `/api/boards/${code}/rounds`;
    this.#fold.addEventListener("toggle", () => this.#read());
  }

  update(state) {
    const { round, board } = state;
    this.#state = state;
    show(this.#fold, round?.state === "revealed" && round.settings.names === "open" && board.settings.show_names && round.method in TOLD);
    if (this.#fold.hidden) this.#fold.open = false;
    this.#read();
  }

  async #read() {
    const { round } = this.#state ?? {};
    if (!this.#fold.open || this.#told === round.n) return;
    this.#told = round.n;
    try {
      const { rounds } = await call(this.#path);
      const { ballots = [] } = rounds.find((each) => each.round.n === round.n) ?? {};
      const options = optionsById(this.#state);
      const name = (id) => options.get(id)?.name ?? id;
      this.#list.replaceChildren(
        ...ballots.map(({ name: who, ballot }) => element("li", {}, element("b", { text: who }), element("span", { text: TOLD[round.method](ballot, name, round.settings) || w.blank }))),
      );
    } catch (problem) {
      this.#told = null;
      this.#list.replaceChildren(element("li", { text: problem.message }));
    }
  }
}
