/** What this browser knows as its own: the server does not say who wrote a comment. */

import { newId } from "../live/new_id.js";
import { keep, kept } from "../live/storage.js";

export class Own {
  #key;

  constructor(code) {
    this.#key = `stackvote:${code}:own`;
  }

  /** `thing` is a comment's id, or a comment's id and an emoji. */
  has(...thing) {
    return this.#all().includes(thing.join(" "));
  }

  set(isOn, ...thing) {
    const others = this.#all().filter((known) => known !== thing.join(" "));
    keep(this.#key, isOn ? [...others, thing.join(" ")] : others);
  }

  /** The id for a comment of ours; known as ours from now on. */
  newComment() {
    const id = newId();
    this.set(true, id);
    return id;
  }

  // Read anew each time: another tab of the same browser may have added to it.
  #all() {
    return kept(this.#key, []);
  }
}
