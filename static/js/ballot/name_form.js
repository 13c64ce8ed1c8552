/** Who takes part here: a name that is optional, remembered on this device, the same on every
 *  board. */

import { keepFocus, parts, setText, show } from "../dom.js";
import { NAME_KEY } from "../live/live_board.js";
import { load, save } from "../live/storage.js";
import { t } from "../words.js";

export class NameForm {
  #fold;
  #parts;
  #input;
  #watches = false;

  /** @param {HTMLElement} fold @param {LiveBoard} live */
  constructor(fold, live) {
    this.#fold = fold;
    this.#parts = parts(fold);
    const form = this.#parts["name-form"];
    this.#input = form.elements.name;
    this.#input.value = load(NAME_KEY) ?? "";
    this.#input.addEventListener("input", () => this.#offer());
    form.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      this.#save(live);
    });
    // Not on the way to the button: it would be gone before it has the focus.
    form.addEventListener("focusout", (/** @type {FocusEvent} */ { relatedTarget }) => {
      if (!form.contains(relatedTarget)) this.#save(live);
    });
  }

  /** @param {BoardState} of */
  update({ board, you, watches }) {
    show(this.#fold, you.seat !== null);
    setText(
      this.#parts["name-hint"],
      t(board.settings.show_names ? "you-name-hint" : "you-name-hint-hidden"),
    );
    this.#watches = watches;
    this.#introduce();
  }

  #introduce() {
    const name = load(NAME_KEY);
    const role = this.#watches ? "watching" : "voting";
    setText(
      this.#parts["you-words"],
      name ? t("you-named", { role, name }) : t("you-unnamed", { role }),
    );
  }

  #offer() {
    const { "name-save": button } = this.#parts;
    keepFocus(button, () => show(button, this.#name() !== load(NAME_KEY)), this.#input);
  }

  /** @param {LiveBoard} live */
  #save(live) {
    const name = this.#name();
    if (name === load(NAME_KEY)) return;
    save(NAME_KEY, name);
    live.submit({ type: "rename", name });
    this.#offer();
    this.#introduce();
  }

  #name() {
    return this.#input.value.trim() || null;
  }
}
