/** The criteria of the board, and where their weights come from. */

import { percentText } from "../board/measure.js";
import { element, part, setText, show } from "../dom.js";
import { t } from "../words.js";
import { CriteriaEditor } from "./criteria_editor.js";
import { FormDialog } from "./form_dialog.js";

export class Criteria {
  #parts;
  #dialog = new FormDialog("edit-criteria");
  #editor;
  #shown = "";

  /** @param {Parts} page @param {LiveBoard} live */
  constructor(page, live) {
    this.#parts = page;
    const { form } = this.#dialog;
    this.#editor = new CriteriaEditor(
      part(form, "criteria-rows"),
      part(form, "add-board-criterion"),
    );
    page["edit-criteria"].addEventListener("click", () => {
      this.#editor.fill(live.state.board.criteria ?? []);
      this.#dialog.open(() => live.request({ type: "set_criteria", criteria: this.#editor.value }));
    });
  }

  /** @param {BoardState} of */
  update({ board, phase }) {
    const isFrozen = phase === "open" || phase === "locked";
    const { criteria = [], weights_from: round } = board;
    const { "criteria-count": count, "criteria-hint": hint, "criteria-list": list } = this.#parts;
    setText(count, criteria.length ? String(criteria.length) : "");
    show(this.#parts["criteria-frozen"], isFrozen && criteria.length > 0);
    show(this.#parts["edit-criteria"], !isFrozen);
    const from = round ? t("host-weights-from", { round }) : "";
    if (criteria.length) setText(hint, from);
    show(hint, !criteria.length || Boolean(from));
    if (this.#shown === (this.#shown = JSON.stringify(criteria))) return;
    const sum = criteria.reduce((all, { weight }) => all + weight, 0);
    list.replaceChildren(
      ...criteria.map(({ name, weight }) =>
        element("li", {
          text: t("host-criterion", { name, weight: percentText(weight / sum) }),
        }),
      ),
    );
  }
}
