/** The methods by which all options are voted on together: a ranking, and a matrix of scores. */

import { keepFocus, show } from "../dom.js";
import { MatrixForm } from "./matrix/matrix_form.js";
import { RankingList } from "./ranking/ranking_list.js";

export class Together {
  #page;
  /** By the name of their section. */
  #views;

  /** @param {Parts} page @param {Voting} voting */
  constructor(page, voting) {
    this.#page = page;
    this.#views = {
      ranking: new RankingList(page["vote-ranking"], (ballot) => voting.vote(ballot)),
      matrix: new MatrixForm(page["vote-matrix"], (option, ...cell) =>
        voting.change(option, ...cell),
      ),
    };
  }

  /** `used`: the section in which one votes; empty where there is none.
   *
   *  @param {string} used
   *  @param {ShownTogether} shown
   */
  update(used, shown) {
    for (const [name, view] of Object.entries(this.#views)) {
      const { [`vote-${name}`]: section, title } = this.#page;
      keepFocus(
        section,
        () => {
          show(section, name === used);
          if (name === used) view.update(shown);
          delete section.dataset.waits;
        },
        () => (name === used ? section.querySelector("h2") : title),
      );
    }
  }
}
