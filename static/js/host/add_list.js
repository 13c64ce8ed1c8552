/** Adds options from a list, or from a file, after showing what was understood of it. */

import { ListPreview, takeFiles } from "../board/list_preview.js";
import { FormDialog } from "./form_dialog.js";

export class AddList {
  #live;
  #dialog = new FormDialog("add-list");
  #preview;

  /** @param {LiveBoard} live @param {string} code */
  constructor(live, code) {
    this.#live = live;
    const { form } = this.#dialog;
    this.#preview = new ListPreview(form, form.elements.text, {
      board: code,
      understood: () => {},
    });
    takeFiles(form, form.elements.file, (text) => this.open(text));
  }

  /** @param {string} [text] what the list begins with */
  open(text = "") {
    this.#preview.take(text);
    this.#dialog.open(() => this.#add());
  }

  async #add() {
    const read = await this.#preview.latest();
    if (!read || read.problem) throw new Error(read?.problem);
    const added = new Set();
    try {
      // One after the other: that is the order of the list.
      for (const line of read.lines) {
        if (!line.option) continue;
        await this.#live.request({ type: "add_option", option: line.option });
        added.add(line);
      }
    } catch (refusal) {
      const missing = read.lines.filter((line) => !added.has(line));
      this.#preview.take(missing.map((line) => line.typed).join("\n"));
      throw refusal;
    }
  }
}
