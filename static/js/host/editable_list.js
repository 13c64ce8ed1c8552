/** A fold of the console with a list to which the host adds, and from which it takes. */

import { callApi } from "../api.js";
import { confirmIn } from "./confirm.js";
import { LazyFetch } from "./lazy_fetch.js";

export class EditableList {
  #live;
  #path;
  #fail;
  #fetch;

  /** `add(form)` is called when more is asked for, `show(answer)` with what was read.
   *
   *  @param {string} path
   *  @param {{ fold: HTMLDetailsElement, form: HTMLFormElement }} of
   *  @param {{
   *    live: LiveBoard, fail: Fail,
   *    add: (form: HTMLFormElement) => void, show: (answer: any) => void,
   *  }} of
   */
  constructor(path, { fold, form }, { live, fail, add, show }) {
    this.#live = live;
    this.#path = path;
    this.#fail = fail;
    this.#fetch = new LazyFetch(fold, path, { live, render: show, fail });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      add(form);
    });
  }

  update() {
    this.#fetch.update();
  }

  /** Asks for more; `made(answer)` shows what came of it.
   *
   *  @param {object} body
   *  @param {(answer: any) => void} made
   */
  async add(body, made) {
    try {
      made(await callApi(this.#path, body));
      this.#fetch.again();
    } catch (problem) {
      this.#fail(/** @type {Error} */ (problem).message);
    }
  }

  /** Puts the question into `place` whether one is really to go; `message` has it taken away.
   *
   *  @param {HTMLElement} place
   *  @param {string} question
   *  @param {{ yes: string, close: () => void, message: Unsent }} of
   */
  confirmGone(place, question, { yes, close, message }) {
    const act = () =>
      this.#live.request(message).then(
        () => this.#fetch.again(),
        (refusal) => this.#fail(refusal.message),
      );
    confirmIn(place, question, { yes, close, act });
  }
}
