/** The address under which people join, on the console: the host can choose another, and what can
 *  be copied has the one that is shown. */

import { JoinAddressView } from "../board/join_address.js";
import { element, show } from "../dom.js";
import { t } from "../words.js";

export class Address {
  #parts;
  #live;
  #view;

  /** @param {string} code @param {Parts} page @param {LiveBoard} live @param {Fail} fail */
  constructor(code, page, live, fail) {
    this.#parts = page;
    this.#live = live;
    this.#view = new JoinAddressView(code, page, (shown) => this.#show(shown));
    const { "join-address": list } = page;
    list.addEventListener("change", async () => {
      try {
        await live.request({ type: "set_board", settings: { address: list.value || null } });
      } catch (refusal) {
        this.#select();
        fail(/** @type {Error} */ (refusal).message);
      }
    });
  }

  /** The link to the ballot, with the address that is shown. */
  get ballotLink() {
    return this.#parts["join-copy"].dataset.copy;
  }

  /** @param {LiveBoard} live */
  update(live) {
    this.#view.update(live);
  }

  /** @param {Wire.JoinAddress} shown */
  #show({ ballot, host, only_here: isOnlyHere, choices = [] }) {
    const { "host-link": link, "host-link-copy": copyLink, "join-copy": copy } = this.#parts;
    copy.dataset.copy = ballot;
    link.value = `${host}${new URL(link.value).search}`;
    copyLink.dataset.copy = link.value;
    show(this.#parts["join-only-here"], isOnlyHere);
    show(this.#parts["join-choice"], choices.length > 1);
    this.#parts["join-address"].replaceChildren(
      element("option", { value: "", text: t("host-address-any") }),
      ...choices.map((each) => element("option", { value: each.address, text: each.base })),
    );
    this.#select();
  }

  #select() {
    const { address = "" } = this.#live.state.board.settings;
    const { "join-address": list } = this.#parts;
    list.value = address;
    // What was chosen may be an address that the server no longer has.
    if (list.selectedIndex < 0) list.value = "";
  }
}
