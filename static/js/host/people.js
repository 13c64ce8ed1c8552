/** Who is here, and who has voted where the round lets that be told. */

import { element, setText } from "../dom.js";
import { words } from "../words.js";

export class People {
  #parts;
  #shown = null;

  constructor(page) {
    this.#parts = page;
  }

  update({ people, turnout, round, phase }) {
    const watching = people.observing ? ` · ${words.host.watching(people.observing)}` : "";
    setText(this.#parts["people-words"], (round ? words.turnout(turnout.voted, turnout.here) : words.here(people.here)) + watching);
    setText(this.#parts.counts, round ? words.counts(people.here, people.voted) : words.here(people.here));
    const names = people.names ?? [];
    const now = JSON.stringify([names, people.here, Boolean(round), phase]);
    if (now === this.#shown) return;
    this.#shown = now;
    const rows = names.map(({ name, ...person }) => element("li", {}, element("span", { text: name }), flag(person, phase)));
    const unnamed = people.here - names.length;
    if (names.length && unnamed > 0) rows.push(element("li", { className: "soft", text: words.host.unnamed(unnamed) }));
    this.#parts.people.replaceChildren(...rows);
  }
}

/** Who has not voted is choosing for as long as one can. */
function flag({ voted, observes }, phase) {
  if (observes) return element("span", { className: "soft", text: words.host.watchingFlag });
  if (phase === "setup" || voted === null || (!voted && phase !== "open")) return null;
  return element("span", { className: voted ? "yes" : "soft", text: voted ? words.host.votedFlag : words.host.choosing });
}
