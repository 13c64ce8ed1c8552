/** Who is here, and who has voted where the round lets that be told. */

import { element, setText } from "../dom.js";
import { turnoutWords } from "../board/turnout.js";
import { facts, t } from "../words.js";

export class People {
  #parts;
  /** @type {string | null} */
  #shown = null;

  /** @param {Parts} page */
  constructor(page) {
    this.#parts = page;
  }

  /** @param {BoardState} state */
  update(state) {
    const { people, round, phase } = state;
    const { here, observing: watching } = people;
    setText(
      this.#parts["people-words"],
      facts([
        round ? turnoutWords(state) : t("board-here", { n: here }),
        watching > 0 && t("host-watching", { n: watching }),
        people.about && t("host-about"),
      ]),
    );
    setText(
      this.#parts.counts,
      round ? t("board-counts", { here, voted: people.voted }) : t("board-here", { n: here }),
    );
    const names = people.names ?? [];
    const now = JSON.stringify([names, people.here, Boolean(round), phase]);
    if (now === this.#shown) return;
    this.#shown = now;
    const rows = names.map(({ name, ...person }) =>
      element("li", {}, element("span", { text: name }), flag(person, phase)),
    );
    const unnamed = people.here - names.length;
    if (names.length && unnamed > 0)
      rows.push(element("li", { className: "soft", text: t("host-unnamed", { n: unnamed }) }));
    this.#parts.people.replaceChildren(...rows);
  }
}

/** Who has not voted is choosing for as long as one can.
 *
 *  @param {Omit<Wire.Person, "name">} of
 *  @param {string} phase
 */
function flag({ voted, observes }, phase) {
  if (observes)
    return element("span", { className: "soft", text: t("host-person", { state: "watching" }) });
  if (phase === "setup" || voted === null || (!voted && phase !== "open")) return null;
  return element("span", {
    className: voted ? "yes" : "soft",
    text: t("host-person", { state: voted ? "voted" : "choosing" }),
  });
}
