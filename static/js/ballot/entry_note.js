/** How this browser was admitted to the board, where the board is not open to everyone. */

import { element, setText, show } from "../dom.js";
import { whySeatless } from "../live/cookies.js";
import { rooted } from "../root.js";
import { t } from "../words.js";

/** What is said, what its link says, how it looks, and where the link leads, if not to the seat.
 *
 *  @param {BoardState} state
 *  @returns {[text: string, link: string, className: string, href?: string] | null}
 */
function told(state) {
  const { you, board } = state;
  if (state.isSeatless) return withoutSeat(board.code);
  if (you.seat_lost)
    return [t("entry-lost", { how: you.seat_lost }), t("entry-have-code"), "notice notice-bad"];
  if (you.invite !== null)
    return [t("entry-seat", { n: you.invite }), t("entry-move"), "soft small"];
  if (you.waits) return [t("entry-waits"), t("entry-have-code"), "notice"];
  return board.settings.entry === "invited" && !you.votes
    ? [t("entry-invited"), t("entry-have-code"), "notice"]
    : null;
}

/** @param {string} code @returns {[string, string, string, string]} */
function withoutSeat(code) {
  const why = whySeatless();
  const address = `${document.body.dataset.secure}/b/${code}`;
  return [
    t("entry-seatless", { why, site: location.hostname }),
    why === "insecure" ? address : t("entry-reload"),
    "notice notice-bad",
    why === "insecure" ? address : location.href,
  ];
}

export class EntryNote {
  #node;
  #code;

  /** @param {HTMLElement} node @param {string} code */
  constructor(node, code) {
    this.#node = node;
    this.#code = code;
  }

  /** @param {BoardState} state */
  update(state) {
    const shown = told(state);
    show(this.#node, shown !== null);
    if (!shown) return;
    const [text, link, className, href = rooted(`/b/${this.#code}/seat`)] = shown;
    this.#node.className = className;
    if (!this.#node.firstElementChild)
      this.#node.replaceChildren(element("span"), " ", element("a"));
    setText(this.#node.firstElementChild, text);
    setText(this.#node.lastElementChild, link);
    this.#node.lastElementChild?.setAttribute("href", href);
  }
}
