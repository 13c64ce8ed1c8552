/** The form that opens a round: the method with its settings, and the rules for all methods. */

import { element, parts, setText, show } from "../dom.js";
import { words } from "../words.js";
import { CriteriaEditor } from "./criteria_editor.js";
import { FormDialog } from "./form_dialog.js";

const w = words.host;

/** What a method has beside the rules for all, read from the form. */
const OF_METHOD = {
  dots: (form) => ({ dots: form.elements.dots.valueAsNumber, per_option: form.elements.per_option.valueAsNumber }),
  matrix: (form, criteria) => ({ criteria: criteria.value }),
};

/** Settings that stand in the form under their own name, as text. */
const PLAIN = ["visibility", "names", "seconds", "tie_break", "dots", "per_option"];
const SWITCHES = ["further_discussion", "shuffle"];

export class RoundForm {
  #live;
  #dialog = new FormDialog("open-round");
  #form = this.#dialog.form;
  #parts = parts(this.#form);
  #criteria = new CriteriaEditor(this.#parts.criteria, this.#parts["add-criterion"]);

  constructor(live) {
    this.#live = live;
    this.#form.addEventListener("input", () => this.#follow());
  }

  /** The rules of the round before are the ones to begin with. `options`: the ids that are
   *  on the ballot; all where none are given. */
  open({ options, heading = w.open } = {}) {
    const { board, round } = this.#live.state;
    this.#listOptions(board.options, new Set(options ?? board.options.map(({ id }) => id)));
    setText(this.#parts["round-heading"], heading);
    if (round) this.#fill(round.method, round.settings);
    this.#criteria.fill(round?.settings.criteria ?? board.criteria ?? []);
    this.#follow();
    this.#dialog.open((data) => this.#send(data));
  }

  #listOptions(options, chosen) {
    this.#parts["round-options"].replaceChildren(
      ...options.map(({ id, name }) => element("label", {}, element("input", { type: "checkbox", name: "options", value: id, checked: chosen.has(id) }), element("b", { text: name }))),
    );
  }

  #fill(method, settings) {
    const { elements } = this.#form;
    if ([...elements.method].some(({ value }) => value === method)) elements.method.value = method;
    for (const name of PLAIN) if (settings[name] !== undefined) elements[name].value = settings[name] ?? "";
    for (const name of SWITCHES) if (settings[name] !== undefined) elements[name].checked = settings[name];
  }

  /** What is chosen decides what else is asked. What is hidden is not asked, nor checked. */
  #follow() {
    const { elements } = this.#form;
    const data = new FormData(this.#form);
    for (const field of this.#form.querySelectorAll("[data-method]")) {
      const isAsked = field.dataset.method === data.get("method");
      show(field, isAsked);
      field.disabled = !isAsked;
    }
    elements.per_option.max = elements.dots.value || 100;
    setText(this.#parts["round-count"], w.roundOptions(data.getAll("options").length, this.#live.state.board.options.length));
    setText(this.#parts["round-tie"], w.tieBreaks[data.get("tie_break")]);
  }

  async #send(data) {
    const method = data.get("method");
    const options = data.getAll("options");
    const settings = {
      visibility: data.get("visibility"),
      names: data.get("names"),
      seconds: Number(data.get("seconds")) || null,
      tie_break: data.get("tie_break"),
      ...Object.fromEntries(SWITCHES.map((name) => [name, data.has(name)])),
      ...OF_METHOD[method]?.(this.#form, this.#criteria),
      options,
    };
    if (options.length + Number(settings.further_discussion) < 2) throw new Error(w.tooFew);
    if (settings.criteria && !settings.criteria.length) throw new Error(w.noCriteria);
    await this.#live.ask({ type: "open_round", method, settings });
  }
}
