/** A dialog with a form that asks the server, and closes only when the server agrees. */

import { part } from "../dom.js";

export class FormDialog {
  #dialog;
  #send = null;

  constructor(id) {
    this.#dialog = document.getElementById(id);
    this.form = this.#dialog.querySelector("form");
    this.form.addEventListener("submit", (event) => this.#submit(event));
  }

  /** `send(values)` is called with the form's data and returns a promise; the words of its
   *  refusal are shown in the dialog, and what was typed stays. */
  open(send) {
    this.#send = send;
    this.#say("");
    this.#dialog.showModal();
  }

  #say(text) {
    part(this.form, "error").textContent = text;
  }

  async #submit(event) {
    if (event.submitter?.value === "cancel") return;
    event.preventDefault();
    try {
      await this.#send(new FormData(this.form));
      this.#dialog.close();
    } catch (refusal) {
      this.#say(refusal.message);
    }
  }
}
