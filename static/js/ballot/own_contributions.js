/** What this browser knows as its own: the server does not say who wrote a comment. */

import { newId } from "../live/new_id.js";
import { load, save } from "../live/storage.js";

export class OwnContributions {
  #key;
  #things;

  /** @param {string} code */
  constructor(code) {
    this.#key = `stackvote:${code}:own`;
    this.#things = new Set(load(this.#key, []));
    // Another tab of the same browser may add to it.
    window.addEventListener("storage", ({ key }) => {
      if (key === this.#key) this.#things = new Set(load(this.#key, []));
    });
  }

  /** `thing` is a comment's id, or a comment's id and an emoji.
   *
   *  @param {string[]} thing
   */
  has(...thing) {
    return this.#things.has(thing.join(" "));
  }

  /** @param {boolean} isOn @param {string[]} thing */
  set(isOn, ...thing) {
    if (isOn) this.#things.add(thing.join(" "));
    else this.#things.delete(thing.join(" "));
    save(this.#key, [...this.#things]);
  }

  /** The id for a comment of ours; known as ours from now on. */
  newComment() {
    const id = newId();
    this.set(true, id);
    return id;
  }
}
