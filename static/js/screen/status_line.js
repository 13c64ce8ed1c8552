/** One quiet line at the foot of the shared screen: what was just done, or that the connection is
 *  lost. */

import { hostOfServer } from "../board/notices.js";
import { setText } from "../dom.js";
import { t } from "../words.js";

const MOMENT_MS = 4_000;

export class StatusLine {
  #node;
  #lasting = "";
  #passing = "";
  /** @type {number | undefined} */
  #timer;

  /** @param {HTMLElement} node */
  constructor(node) {
    this.#node = node;
  }

  /** @param {string} text @param {number} [ms] */
  say(text, ms = MOMENT_MS) {
    clearTimeout(this.#timer);
    this.#passing = text;
    if (text) this.#timer = setTimeout(() => this.say(""), ms);
    this.#show();
  }

  /** @param {LiveBoard} of */
  update({ connection, state }) {
    /** @type {Record<string, string | undefined>} */
    const lost = {
      lost: t("screen-lost"),
      blocked: t(hostOfServer() ? "screen-host" : "screen-blocked"),
      stopped: t("line-stopped", { code: connection.closeCode ?? 0 }),
    };
    this.#lasting = lost[connection.status] ?? (state.store === "away" ? t("screen-store") : "");
    this.#show();
  }

  #show() {
    setText(this.#node, this.#passing || this.#lasting);
  }
}
