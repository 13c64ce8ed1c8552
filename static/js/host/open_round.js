/** The dialog that opens a round. */

import { element, part, setText } from "../dom.js";
import { words } from "../words.js";
import { FormDialog } from "./form_dialog.js";

export class OpenRound {
  #live;
  #dialog = new FormDialog("open-round");

  constructor(live) {
    this.#live = live;
    this.#dialog.form.addEventListener("change", () => this.#count());
  }

  open() {
    const { options } = this.#live.state.board;
    part(this.#dialog.form, "round-options").replaceChildren(
      ...options.map((option) => element("label", {}, element("input", { type: "checkbox", name: "options", value: option.id, checked: true }), element("b", { text: option.name }))),
    );
    this.#count();
    this.#dialog.open((data) => this.#send(data));
  }

  async #send(data) {
    const options = data.getAll("options");
    const lines = options.length + (data.has("further_discussion") ? 1 : 0);
    if (lines < 2) throw new Error(words.host.tooFew);
    await this.#live.ask({
      type: "open_round",
      method: data.get("method"),
      settings: {
        visibility: data.get("visibility"),
        names: data.get("names"),
        seconds: Number(data.get("seconds")) || null,
        further_discussion: data.has("further_discussion"),
        options,
      },
    });
  }

  #count() {
    const all = this.#live.state.board.options.length;
    const chosen = new FormData(this.#dialog.form).getAll("options").length;
    setText(part(this.#dialog.form, "round-count"), words.host.roundOptions(chosen, all));
  }
}
