/** The keyboard of the console: what the host does most, and a card that lists it. Who speaks to
 *  their computer, or types with one hand, can switch the keys off. */

import { part } from "../dom.js";
import { load, save } from "../live/storage.js";

const OFF_KEY = "stackvote:host-keys-off";

/** What each key presses.
 *  @type {Record<string, string | undefined>} */
const KEYS = {
  n: ".next-steps .button-main",
  "+": '.next-steps [data-key="+"]',
  p: '.next-steps [data-key="p"]',
  s: '[data-key="s"]',
  "?": '[data-part="keys"]',
};

export class Keys {
  #isOff = load(OFF_KEY) === true;

  /** @param {Parts} page */
  constructor(page) {
    const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("keys"));
    const on = part(dialog, "keys-on");
    on.checked = !this.#isOff;
    on.addEventListener("change", () => {
      this.#isOff = !on.checked;
      save(OFF_KEY, this.#isOff);
    });
    page.keys.addEventListener("click", () => dialog.showModal());
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const selector = KEYS[event.key.toLowerCase()];
    const target = /** @type {HTMLElement} */ (event.target);
    const isTaken =
      event.repeat ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      target.closest("input, textarea, select, dialog") ||
      document.querySelector("dialog[open]");
    if (!selector || isTaken || this.#isOff) return;
    const button = /** @type {HTMLElement | null} */ (document.querySelector(selector));
    if (!button) return;
    event.preventDefault();
    button.focus();
    button.click();
  }
}
