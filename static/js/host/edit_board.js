/** The dialog for the question itself: its title and context. */

import { FormDialog } from "./form_dialog.js";

export class EditBoard {
  #live;
  #dialog = new FormDialog("edit-board");

  constructor(live) {
    this.#live = live;
  }

  open() {
    const { title, context } = this.#live.state.board;
    this.#dialog.form.elements.title.value = title;
    this.#dialog.form.elements.context.value = context;
    this.#dialog.open((data) => this.#live.ask({ type: "set_board", title: data.get("title").trim(), context: data.get("context").trim() }));
  }
}
