/** The address under which people join, as a QR code and in words. It is shown again when a host
 *  chose another, when the server's network changed, and after a connection was lost. */

import { callApi } from "../api.js";
import { element, setText } from "../dom.js";

/** @typedef {Wire.JoinAddress} JoinAddress */

export class JoinAddressView {
  #code;
  #parts;
  #onShown;
  #isOpen = false;
  #hasBeenOpen = false;
  /** What the address that is shown depends on. */
  #known;

  /** `onShown` is called with each address that was fetched.
   *
   *  @param {string} code @param {Parts} page @param {(shown: JoinAddress) => void} [onShown]
   */
  constructor(code, page, onShown = () => {}) {
    this.#code = code;
    this.#parts = page;
    this.#onShown = onShown;
    this.#known = JSON.stringify([page.join.dataset.chosen ?? "", null]);
  }

  /** @param {LiveBoard} of */
  update({ connection, state }) {
    const isOpen = connection.status === "open";
    const known = JSON.stringify([state.board.settings.address ?? "", state.network]);
    const isBack = isOpen && !this.#isOpen && this.#hasBeenOpen;
    this.#isOpen = isOpen;
    this.#hasBeenOpen ||= isOpen;
    if (isOpen && (isBack || known !== this.#known)) this.#fetch(known);
  }

  /** @param {string} known */
  async #fetch(known) {
    this.#known = known;
    try {
      const shown = await callApi(`/api/boards/${this.#code}/address`);
      if (this.#known === known) this.#show(shown);
    } catch {
      this.#known = ""; // The next word from the server is the next try.
    }
  }

  /** @param {JoinAddress} shown */
  #show(shown) {
    const { "join-qr": qr, "join-shown": address } = this.#parts;
    const old = qr.querySelector("img");
    if (old?.src !== shown.qr)
      qr.replaceChildren(element("img", { className: "qr", src: shown.qr, alt: "" }));
    setText(address, shown.shown);
    address.dataset.length = shown.shown.length > 18 ? "long" : "short";
    this.#onShown(shown);
  }
}
