/** The board's options: add, edit, remove. Between rounds only, so that everyone votes on
 *  the same ones. */

import { element, fromTemplate, part, parts, setHue, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { words } from "../words.js";
import { confirmIn } from "./confirm.js";
import { FormDialog } from "./form_dialog.js";

export class Options {
  #live;
  #parts;
  #dialog = new FormDialog("edit-option");
  #list;

  constructor(page, live) {
    this.#live = live;
    this.#parts = page;
    this.#list = new KeyedList(page.options, { key: ({ option }) => option.id, make: (item, rendered) => new Row(rendered ?? fromTemplate("host-option"), this) });
  }

  update({ board, phase }) {
    const isFrozen = phase === "open" || phase === "locked";
    setText(this.#parts["options-count"], String(board.options.length));
    show(this.#parts["options-frozen"], isFrozen);
    show(this.#parts["add-option"], !isFrozen);
    this.#list.render(board.options.map((option) => ({ option, isFrozen })));
  }

  add() {
    this.#open(words.host.addOption, null);
  }

  edit(option) {
    this.#open(words.host.editOption, option);
  }

  remove(option) {
    return this.#live.ask({ type: "remove_option", option: option.id });
  }

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
    this.#dialog.open((data) => this.#live.ask({ type: option ? "edit_option" : "add_option", option: { ...(option && { id: option.id }), ...fields(data) } }));
  }
}

class Row {
  #parts;
  #options;
  #option = null;
  #refused;

  constructor(root, options) {
    this.element = root;
    this.#parts = parts(root);
    this.#options = options;
    this.#refused = element("p", { className: "dialog-error", role: "alert" });
    root.append(this.#refused);
    this.#offer();
  }

  update({ option, isFrozen }) {
    this.#option = option;
    setHue(this.element, option.hue);
    setText(this.#parts.name, option.name);
    setText(this.#parts.strapline, option.strapline);
    show(this.#parts.actions, !isFrozen);
  }

  #offer() {
    const button = (text, click) => element("button", { type: "button", className: "button button-quiet button-small", text, on: { click } });
    this.#parts.actions.replaceChildren(
      button(words.edit, () => this.#options.edit(this.#option)),
      button(words.host.removeOption, () => this.#askRemoval()),
    );
    for (const node of this.#parts.actions.children) node.setAttribute("aria-describedby", (this.#parts.name.id ||= `option-${crypto.getRandomValues(new Uint32Array(1))[0]}`));
  }

  #askRemoval() {
    this.#refused.textContent = "";
    confirmIn(this.#parts.actions, words.host.removeSure(this.#option.name), {
      yes: words.host.removeOption,
      close: () => this.#offer(),
      act: () => this.#options.remove(this.#option).catch((refusal) => (this.#refused.textContent = refusal.message)),
    });
  }
}

function fields(data) {
  const lines = (name, mark) => data.get(name).split(mark).map((line) => line.trim()).filter(Boolean);
  return {
    name: data.get("name").trim(),
    strapline: data.get("strapline").trim(),
    features: lines("features", "\n"),
    suited_to: data.get("suited_to").trim(),
    link: data.get("link").trim(),
    tags: lines("tags", ","),
  };
}
