/** What this browser knows as its own: the server does not say who wrote a comment. */

import { newId } from "../live/new_id.js";
import { keep, kept } from "../live/storage.js";

export class Own {
  #key;
  #things;

  constructor(code) {
    this.#key = `stackvote:${code}:own`;
    this.#things = new Set(kept(this.#key, []));
    // Another tab of the same browser may add to it.
    window.addEventListener("storage", ({ key }) => {
      if (key === this.#key) this.#things = new Set(kept(this.#key, []));
    });
  }

  /** `thing` is a comment's id, or a comment's id and an emoji. */
  has(...thing) {
    return this.#things.has(thing.join(" "));
  }

  set(isOn, ...thing) {
    if (isOn) this.#things.add(thing.join(" "));
    else this.#things.delete(thing.join(" "));
    keep(this.#key, [...this.#things]);
  }

  /** The id for a comment of ours; known as ours from now on. */
  newComment() {
    const id = newId();
    this.set(true, id);
    return id;
  }
}
