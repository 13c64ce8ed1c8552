/** Who takes part here: a name that is optional, remembered on this device, the same on every board. */

import { parts, setText, show } from "../dom.js";
import { NAME_KEY } from "../live/live_board.js";
import { keep, kept } from "../live/storage.js";
import { words } from "../words.js";

export class NameForm {
  #fold;
  #parts;
  #input;
  #watches = false;

  constructor(fold, live) {
    this.#fold = fold;
    this.#parts = parts(fold);
    const form = this.#parts["name-form"];
    this.#input = form.elements.name;
    this.#input.value = kept(NAME_KEY) ?? "";
    this.#input.addEventListener("input", () => this.#offer());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save(live);
    });
    this.#input.addEventListener("change", () => this.#save(live));
  }

  update({ board, you, watches }) {
    show(this.#fold, you.seat !== null);
    setText(this.#parts["name-hint"], board.settings.show_names ? words.nameHint : words.nameHintHidden);
    this.#watches = watches;
    this.#introduce();
  }

  #introduce() {
    setText(this.#parts["you-words"], words.whoYouAre(kept(NAME_KEY), this.#watches));
  }

  #offer() {
    show(this.#parts["name-save"], this.#name() !== kept(NAME_KEY));
  }

  #save(live) {
    const name = this.#name();
    if (name === kept(NAME_KEY)) return;
    keep(NAME_KEY, name);
    live.tell({ type: "rename", name });
    this.#offer();
    this.#introduce();
  }

  #name() {
    return this.#input.value.trim() || null;
  }
}
