/** Who is here, and who has voted where the round lets that be told. */

import { element, setText } from "../dom.js";
import { words } from "../words.js";

export class People {
  #parts;
  #shown = null;

  constructor(page) {
    this.#parts = page;
  }

  update({ people, turnout, round }) {
    setText(this.#parts["people-words"], round ? words.turnout(turnout.voted, turnout.here) : words.here(people.here));
    setText(this.#parts.counts, round ? words.counts(people.here, people.voted) : words.here(people.here));
    const names = people.names ?? [];
    const now = JSON.stringify([names, people.here, Boolean(round)]);
    if (now === this.#shown) return;
    this.#shown = now;
    const rows = names.map(({ name, voted }) => element("li", {}, element("span", { text: name }), flag(round ? voted : null)));
    const unnamed = people.here - names.length;
    if (names.length && unnamed > 0) rows.push(element("li", { className: "soft", text: words.host.unnamed(unnamed) }));
    this.#parts.people.replaceChildren(...rows);
  }
}

function flag(voted) {
  if (voted === null || voted === undefined) return null;
  return element("span", { className: voted ? "yes" : "soft", text: voted ? words.host.votedFlag : words.host.choosing });
}
