/** The board's options: add, edit, remove. Between rounds only, so that everyone votes on
 *  the same ones. */

import { gateItems } from "../board/gates.js";
import { element, fromTemplate, keepFocus, part, parts, setHue, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { t } from "../words.js";
import { confirmIn } from "./confirm.js";
import { FormDialog } from "./form_dialog.js";

/** @typedef {Options} OptionsEditor */

export class Options {
  #live;
  #parts;
  #dialog = new FormDialog("edit-option");
  #list;

  /** @param {Parts} page @param {LiveBoard} live */
  constructor(page, live) {
    this.#live = live;
    this.#parts = page;
    this.#list = new KeyedList(page.options, {
      key: ({ option }) => option.id,
      inSlices: true,
      make: (_, rendered) => new OptionRow(rendered ?? fromTemplate("host-option"), this),
    });
  }

  /** @param {BoardState} of */
  update({ board, phase }) {
    const isFrozen = phase === "open" || phase === "locked";
    setText(this.#parts["options-count"], String(board.options.length));
    show(this.#parts["options-frozen"], isFrozen);
    for (const name of ["add-option", "add-list"]) {
      const button = this.#parts[name];
      keepFocus(button, () => show(button, !isFrozen));
    }
    this.#list.render(board.options.map((option) => ({ option, board, isFrozen })));
  }

  add() {
    this.#open(t("options-add"), null);
  }

  /** @param {Wire.Option} option */
  edit(option) {
    this.#open(t("host-edit-option"), option);
  }

  /** @param {Wire.Option} option */
  remove(option) {
    return this.#live.request({ type: "remove_option", option: option.id });
  }

  /** @param {string} heading @param {Wire.Option | null} option */
  #open(heading, option) {
    const { form } = this.#dialog;
    setText(part(form, "heading"), heading);
    const { name, strapline, features, suited_to: suitedTo, link, tags } = form.elements;
    name.value = option?.name ?? "";
    strapline.value = option?.strapline ?? "";
    features.value = option?.features.join("\n") ?? "";
    suitedTo.value = option?.suited_to ?? "";
    link.value = option?.link ?? "";
    tags.value = option?.tags.join(", ") ?? "";
    this.#dialog.open((data) =>
      this.#live.request(
        option
          ? { type: "edit_option", option: { id: option.id, ...fields(data) } }
          : { type: "add_option", option: fields(data) },
      ),
    );
  }
}

class OptionRow {
  #parts;
  #options;
  /** @type {Wire.Option | null} */
  #option = null;
  #refused;

  /** @param {HTMLElement} root @param {OptionsEditor} options */
  constructor(root, options) {
    this.element = root;
    this.#parts = parts(root);
    this.#options = options;
    this.#refused = element("p", { className: "dialog-error", role: "alert" });
    root.append(this.#refused);
    this.#offer();
  }

  /** @param {{ option: Wire.Option, board: Wire.BoardView, isFrozen: boolean }} of */
  update({ option, board, isFrozen }) {
    this.#option = option;
    const { lacks, isOut } = gateItems(board, option.id);
    this.#parts.gates.replaceChildren(...lacks);
    this.element.toggleAttribute("data-out", isOut);
    setHue(this.element, option.hue);
    setText(this.#parts.name, option.name);
    setText(this.#parts.strapline, option.strapline);
    keepFocus(this.#parts.actions, () => show(this.#parts.actions, !isFrozen));
  }

  #offer() {
    /** @param {string} text @param {() => void} click */
    const button = (text, click) =>
      element("button", {
        type: "button",
        className: "button button-quiet button-small",
        text,
        on: { click },
      });
    this.#parts.actions.replaceChildren(
      button(t("host-edit"), () => this.#option && this.#options.edit(this.#option)),
      button(t("host-remove"), () => this.#askRemoval()),
    );
    for (const node of this.#parts.actions.children)
      node.setAttribute(
        "aria-describedby",
        (this.#parts.name.id ||= `option-${crypto.getRandomValues(new Uint32Array(1))[0]}`),
      );
  }

  #askRemoval() {
    const option = this.#option;
    if (!option) return;
    this.#refused.textContent = "";
    confirmIn(this.#parts.actions, t("host-remove-sure", { option: option.name }), {
      yes: t("host-remove"),
      close: () => this.#offer(),
      act: () =>
        this.#options
          .remove(option)
          .catch((refusal) => (this.#refused.textContent = refusal.message)),
    });
  }
}

/** @param {FormValues} data */
function fields(data) {
  /** @param {string} name @param {string} mark */
  const lines = (name, mark) =>
    data
      .get(name)
      .split(mark)
      .map((line) => line.trim())
      .filter(Boolean);
  return {
    name: data.get("name").trim(),
    strapline: data.get("strapline").trim(),
    features: lines("features", "\n"),
    suited_to: data.get("suited_to").trim(),
    link: data.get("link").trim(),
    tags: lines("tags", ","),
  };
}
