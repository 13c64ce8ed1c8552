/** The end of a board: archived, to be read only, or deleted for everyone. */

import { element, keepFocus, part, parts, setText, show } from "../dom.js";
import { t } from "../words.js";
import { confirmIn } from "./confirm.js";

export class Life {
  #live;
  #code;
  #fail;
  #parts;
  #asks = false;

  /** @param {HTMLElement} root @param {string} code @param {HostTools} of */
  constructor(root, code, { live, fail }) {
    this.#live = live;
    this.#code = code;
    this.#fail = fail;
    this.#parts = parts(root);
    part(root, "archive").addEventListener("click", () => this.#archive());
    part(root, "delete-board").addEventListener("click", () => this.#delete());
  }

  /** @param {BoardState} state */
  update({ board, round }) {
    const isArchived = board.archived_at !== undefined;
    const isVoting = round?.state === "open" || round?.state === "locked";
    setText(this.#parts.archive, t(isArchived ? "host-unarchive" : "host-archive"));
    const { archive } = this.#parts;
    keepFocus(archive, () => archive.toggleAttribute("disabled", isVoting));
    show(this.#parts["life-steps"], !this.#asks);
  }

  #archive() {
    const on = this.#live.state.board.archived_at === undefined;
    this.#request({ type: "archive", on });
  }

  #delete() {
    this.#asks = true;
    const place = element("div");
    this.#parts["life-steps"].after(place);
    show(this.#parts["life-steps"], false);
    const isFirst = this.#code === "FRAMEWORKS";
    confirmIn(place, t(isFirst ? "host-delete-first-sure" : "host-delete-sure"), {
      yes: t("host-delete"),
      close: () => {
        this.#asks = false;
        place.remove();
        show(this.#parts["life-steps"], true);
      },
      act: () => this.#request({ type: "delete_board", code: this.#code }),
    });
  }

  /** @param {Unsent} message */
  #request(message) {
    this.#live.request(message).catch((refusal) => this.#fail(refusal.message));
  }
}
