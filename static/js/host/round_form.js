/** The form that opens a round: the method with its settings, and the rules for all methods. */

import { failedGates, votableOptions } from "../board/gates.js";
import { element, parts, setText, show } from "../dom.js";
import { listOf, t } from "../words.js";
import { CriteriaEditor } from "./criteria_editor.js";
import { FormDialog } from "./form_dialog.js";

/** What a method has besides the rules for all, read from the form.
 *
 *  @type {Record<string, (form: any, criteria: CriteriaEditor) => Partial<Wire.RoundRequest>>}
 */
const OF_METHOD = {
  dots: (form) => ({
    dots: form.elements.dots.valueAsNumber,
    per_option: form.elements.per_option.valueAsNumber,
    ...(form.elements.about.checked && { about: "criteria" }),
  }),
  matrix: (form, criteria) => ({
    criteria: criteria.value,
    quorum: form.elements.quorum.valueAsNumber / PERCENT,
  }),
};

/** Settings whose fields have the same names, with text as their values. */
const PLAIN = ["visibility", "names", "seconds", "tie_break", "dots", "per_option"];
const PERCENT = 100;
const SWITCHES = ["further_discussion", "shuffle", "sealed_talk", "stances", "experience"];

export class RoundForm {
  #live;
  #dialog = new FormDialog("open-round");
  #form = this.#dialog.form;
  #parts = parts(this.#form);
  #criteria = new CriteriaEditor(this.#parts.criteria, this.#parts["add-criterion"]);

  /** @param {LiveBoard} live */
  constructor(live) {
    this.#live = live;
    this.#form.addEventListener("input", () => this.#follow());
  }

  /** The rules of the round before are the ones to begin with. `options`: the ids that are
   *  on the ballot; all where none are given.
   *
   *  @param {{ options?: string[], heading?: string }} [how]
   */
  open({ options, heading = t("host-open") } = {}) {
    const { board, round } = this.#live.state;
    this.#listOptions(board, new Set(options ?? board.options.map(({ id }) => id)));
    setText(this.#parts["round-heading"], heading);
    if (round) this.#fill(round.method, round.settings);
    const { about } = this.#form.elements;
    const weighed = board.weights_from && board.criteria;
    show(this.#parts.about, (board.criteria?.length ?? 0) > 1);
    about.checked = false;
    this.#criteria.fill(weighed || (round?.settings.criteria ?? board.criteria ?? []));
    this.#follow();
    this.#dialog.open((data) => this.#send(data));
  }

  /** @param {Wire.BoardView} board @param {Set<string>} chosen */
  #listOptions(board, chosen) {
    this.#parts["round-options"].replaceChildren(
      ...board.options.map(({ id, name }) => {
        const failed = failedGates(board, id);
        return element(
          "label",
          {},
          element("input", {
            type: "checkbox",
            name: "options",
            value: id,
            checked: chosen.has(id) && !failed.length,
            disabled: failed.length > 0,
          }),
          element("b", { text: name }),
          failed.length
            ? element("span", {
                className: "hint",
                text: t("round-option-out", { gates: listOf(failed.map((each) => each.name)) }),
              })
            : null,
        );
      }),
    );
  }

  /** @param {string} method @param {Wire.RoundSettings} settings */
  #fill(method, settings) {
    const { elements } = this.#form;
    const known = /** @type {Record<string, any>} */ (settings);
    const choices = /** @type {HTMLInputElement[]} */ ([...elements.method]);
    if (choices.some(({ value }) => value === method)) elements.method.value = method;
    for (const name of PLAIN)
      if (known[name] !== undefined) elements[name].value = known[name] ?? "";
    if (settings.quorum !== undefined)
      elements.quorum.value = Number((settings.quorum * PERCENT).toPrecision(6));
    for (const name of SWITCHES)
      if (known[name] !== undefined) elements[name].checked = known[name];
  }

  /** What is chosen decides what else is asked. What is hidden is not asked, nor checked. */
  #follow() {
    const { elements } = this.#form;
    const data = /** @type {FormValues} */ (/** @type {any} */ (new FormData(this.#form)));
    const fields = /** @type {NodeListOf<HTMLFieldSetElement>} */ (
      this.#form.querySelectorAll("[data-method]")
    );
    for (const field of fields) {
      const isAsked = field.dataset.method === data.get("method");
      show(field, isAsked);
      field.disabled = !isAsked;
    }
    elements.per_option.max = elements.dots.value || 100;
    const n = data.getAll("options").length;
    const of = votableOptions(this.#live.state.board).length;
    setText(
      this.#parts["round-count"],
      n === of ? t("round-options-all", { n }) : t("round-options", { n, of }),
    );
    setText(
      this.#parts["round-tie"],
      t("round-tie-break", { by: /** @type {Wire.TieBreak} */ (data.get("tie_break")) }),
    );
  }

  /** @param {FormValues} data */
  async #send(data) {
    const method = data.get("method");
    const options = data.getAll("options");
    /** @type {any} */
    const settings = {
      visibility: data.get("visibility"),
      names: data.get("names"),
      seconds: Number(data.get("seconds")) || null,
      tie_break: data.get("tie_break"),
      ...Object.fromEntries(SWITCHES.map((name) => [name, data.has(name)])),
      ...OF_METHOD[method]?.(this.#form, this.#criteria),
      options,
    };
    if (settings.about) {
      delete settings.options;
      Object.assign(settings, { further_discussion: false, tie_break: "none" });
    } else if (options.length + Number(settings.further_discussion) < 2)
      throw new Error(t("round-too-few"));
    if (settings.criteria && !settings.criteria.length) throw new Error(t("round-no-criteria"));
    await this.#live.request({ type: "open_round", method, settings });
  }
}
