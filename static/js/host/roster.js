/** A fold of the console with a list to which the host adds, and from which it takes. */

import { call } from "../call.js";
import { confirmIn } from "./confirm.js";
import { Fetched } from "./fetched.js";

export class Roster {
  #live;
  #path;
  #fail;
  #fetched;

  /** `add(form)` is called when more is asked for, `show(answer)` with what was read. */
  constructor(path, { fold, form }, { live, fail, add, show }) {
    this.#live = live;
    this.#path = path;
    this.#fail = fail;
    this.#fetched = new Fetched(fold, path, { live, render: show, fail });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      add(event.target);
    });
  }

  update() {
    this.#fetched.update();
  }

  /** Asks for more; `made(answer)` shows what came of it. */
  async add(body, made) {
    try {
      made(await call(this.#path, body));
      this.#fetched.again();
    } catch (problem) {
      this.#fail(problem.message);
    }
  }

  /** Puts the question into `place` whether one is really to go; `message` has it taken away. */
  confirmGone(place, question, { yes, close, message }) {
    const act = () => this.#live.ask(message).then(() => this.#fetched.again(), (refusal) => this.#fail(refusal.message));
    confirmIn(place, question, { yes, close, act });
  }
}
