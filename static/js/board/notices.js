/** Notices: problems with the connection, and what the server refused. */

import { element, takeFocus } from "../dom.js";
import { dateFormat, t } from "../words.js";

export class Notices {
  #root;
  /** @type {HTMLElement | null} */
  #line = null;
  #lineText = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
  }

  /** Stays until it is dismissed.
   *
   *  @param {string} text
   *  @param {{ isBad?: boolean }} [of]
   */
  say(text, { isBad = true } = {}) {
    const notice = element(
      "div",
      { className: isBad ? "notice notice-bad" : "notice" },
      element("p", { text }),
    );
    notice.append(
      element("button", {
        type: "button",
        className: "button button-quiet button-small",
        text: t("line-dismiss"),
        on: { click: () => this.#dismiss(notice) },
      }),
    );
    this.#root.append(notice);
  }

  /** @param {HTMLElement} notice */
  #dismiss(notice) {
    notice.remove();
    const next = this.#root.querySelector("button") ?? document.querySelector("main");
    if (next) takeFocus(next);
  }

  /** @param {{ message: Wire.Request, reason: string }} of */
  refused({ message, reason }) {
    this.say(t("line-refused", { action: message.type, reason }));
  }

  /** The one notice about the connection; it is there as long as the problem.
   *
   *  @param {LiveBoard} of
   */
  update({ connection, state }) {
    const text = connectionText(connection, state);
    if (text === this.#lineText) return;
    this.#lineText = text;
    this.#line?.remove();
    this.#line = text ? element("div", { className: "notice" }, element("p", { text })) : null;
    if (this.#line) this.#root.prepend(this.#line);
  }
}

/** The host that the server was asked for, where a proxy beside it has put in another one than this
 *  page was opened at; else empty. The server then takes the page for one of another site. */
export function hostOfServer() {
  const { host = "" } = document.body.dataset;
  return host.toLowerCase() === location.host ? "" : host;
}

function blockedText() {
  const server = hostOfServer();
  return server ? t("line-host", { server, page: location.host }) : t("line-blocked");
}

/** @param {Connection} connection @param {BoardState} state */
function connectionText(connection, state) {
  if (connection.status === "stopped")
    return t("line-stopped", { code: connection.closeCode ?? 0 });
  if (state.asOf !== null && connection.status !== "blocked")
    return t("line-old-state", { time: asTime(state.asOf) });
  if (connection.status === "lost") return t("line-lost");
  if (connection.status === "blocked") return blockedText();
  return state.store === "away" ? t("line-store") : "";
}

/** @param {number} at */
const asTime = (at) => dateFormat({ dateStyle: "medium", timeStyle: "short" }).format(at);
