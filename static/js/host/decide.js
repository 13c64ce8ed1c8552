/** The dialog that records the decision. */

import { element } from "../dom.js";
import { FormDialog } from "./form_dialog.js";

export class Decide {
  #live;
  #dialog = new FormDialog("decide");

  constructor(live) {
    this.#live = live;
  }

  open() {
    const { board, result } = this.#live.state;
    const { option, because, revisit_on: revisitOn } = this.#dialog.form.elements;
    const { decision } = board;
    option.replaceChildren(...board.options.map(({ id, name }) => element("option", { value: id, text: name })));
    option.value = decision?.option ?? result?.winners.find((id) => board.options.some((known) => known.id === id)) ?? board.options[0].id;
    because.value = decision?.because ?? "";
    revisitOn.value = decision?.revisit_on ?? "";
    this.#dialog.open((data) =>
      this.#live.ask({ type: "decide", option: data.get("option"), because: data.get("because").trim(), revisit_on: data.get("revisit_on") || null }),
    );
  }
}
