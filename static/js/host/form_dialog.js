/** A dialog with a form that asks the server, and closes only when the server agrees. */

import { part, takeFocus } from "../dom.js";
import { t } from "../words.js";

/** An answer that is there sooner needs no word of being on its way. */
const MOMENT_MS = 300;

export class FormDialog {
  #dialog;
  /** @type {HTMLFormElement & { elements: any }} */
  form;
  /** @type {((data: FormValues) => Promise<unknown>) | null} */
  #send = null;
  #isSending = false;

  /** @param {string} id */
  constructor(id) {
    this.#dialog = /** @type {HTMLDialogElement} */ (document.getElementById(id));
    this.form = /** @type {any} */ (this.#dialog.querySelector("form"));
    this.form.addEventListener("submit", (event) => this.#submit(event));
    part(this.form, "cancel").addEventListener("click", () => this.#dialog.close());
    // What opened it may be gone by what it did: then the next step is what comes now.
    this.#dialog.addEventListener("close", () => {
      if (document.activeElement === document.body) takeFocus(part(document, "next"));
    });
  }

  /** `send(values)` is called with the form's data and returns a promise; the words of its
   *  refusal are shown in the dialog, and what was typed stays.
   *
   *  @param {(data: FormValues) => Promise<unknown>} send
   */
  open(send) {
    this.#send = send;
    this.#say("");
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  /** @param {string} text @param {{ isBad?: boolean }} [of] */
  #say(text, { isBad = true } = {}) {
    const line = part(this.form, "error");
    line.textContent = text;
    line.toggleAttribute("data-calm", !isBad);
  }

  /** What is pressed twice is sent once.
   *
   *  @param {SubmitEvent} event
   */
  async #submit(event) {
    event.preventDefault();
    if (this.#isSending) return;
    this.#isSending = true;
    const soon = setTimeout(() => this.#say(t("host-on-its-way"), { isBad: false }), MOMENT_MS);
    try {
      const data = /** @type {any} */ (new FormData(this.form));
      await this.#send?.(data);
      this.#dialog.close();
    } catch (refusal) {
      this.#say(/** @type {Error} */ (refusal).message);
    } finally {
      clearTimeout(soon);
      this.#isSending = false;
    }
  }
}
