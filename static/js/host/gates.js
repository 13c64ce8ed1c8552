/** What options must have, and the host's answers: each passes, fails, or is not known. Between
 *  rounds only, because the answers decide what is on the ballot. */

import { answerOf } from "../board/gates.js";
import { element, part, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { t } from "../words.js";
import { FormDialog } from "./form_dialog.js";
import { RowsEditor } from "./rows_editor.js";

const MOST = 10;
const ANSWERS = /** @type {const} */ (["unknown", "pass", "fail"]);

/** One answer, as it is shown.
 *  @typedef {{ gate: Wire.Gate, option: Wire.Option, isFrozen: boolean }} Asked
 *
 *  @typedef {(answer: { gate: string } & Wire.GateAnswer) => Promise<unknown>} Tell
 */

export class Gates {
  #live;
  #fail;
  #parts;
  #dialog = new FormDialog("edit-gates");
  #rows;
  #list;

  /** @param {Parts} page @param {HostTools} of */
  constructor(page, { live, fail }) {
    this.#live = live;
    this.#fail = fail;
    this.#parts = page;
    const { form } = this.#dialog;
    this.#rows = new RowsEditor(part(form, "gate-rows"), part(form, "add-gate"), {
      most: MOST,
      remove: t("host-gate-remove"),
      fields: [
        { name: "name", label: t("host-gate"), maxLength: 80, required: true },
        { name: "owner", label: t("host-gate-owner"), maxLength: 80 },
      ],
    });
    this.#list = new KeyedList(page["gate-list"], {
      key: (/** @type {{ gate: Wire.Gate }} */ { gate }) => gate.id,
      make: () => new GateFold(this.#tell),
    });
    page["edit-gates"].addEventListener("click", () => this.#edit());
  }

  /** @param {BoardState} of */
  update({ board, phase }) {
    const isFrozen = phase === "open" || phase === "locked";
    const { gates = [] } = board;
    const { "gates-count": count, "gates-frozen": frozen, "gates-hint": hint } = this.#parts;
    setText(count, gates.length ? String(gates.length) : "");
    show(frozen, isFrozen && gates.length > 0);
    show(hint, !gates.length);
    show(this.#parts["edit-gates"], !isFrozen);
    this.#list.render(gates.map((gate) => ({ gate, options: board.options, isFrozen })));
  }

  #edit() {
    const { gates = [] } = this.#live.state.board;
    this.#rows.fill(gates.length ? gates : [{}]);
    this.#dialog.open(() =>
      this.#live.request({ type: "set_gates", gates: /** @type {any} */ (this.#rows.value) }),
    );
  }

  /** @type {Tell} */
  #tell = (answer) =>
    this.#live
      .request({ type: "answer_gate", ...answer })
      .catch((refusal) => this.#fail(refusal.message));
}

class GateFold {
  #name = element("b");
  #counts = element("span", { className: "soft small num" });
  #list;

  /** @param {Tell} tell */
  constructor(tell) {
    const answers = element("ul", { className: "host-gate-answers" });
    this.#list = new KeyedList(answers, {
      key: (/** @type {Asked} */ { option }) => option.id,
      make: () => new AnswerRow(tell),
    });
    this.element = element(
      "li",
      {},
      element(
        "details",
        { className: "fold" },
        element("summary", {}, this.#name, " ", this.#counts),
        answers,
      ),
    );
  }

  /** @param {{ gate: Wire.Gate, options: Wire.Option[], isFrozen: boolean }} of */
  update({ gate, options, isFrozen }) {
    const answers = options.map(({ id }) => answerOf(gate, id).answer);
    /** @param {Wire.Standing} wanted */
    const count = (wanted) => answers.filter((answer) => answer === wanted).length;
    const counts = t("host-gate-counts", { out: count("fail"), unknown: count("unknown") });
    setText(this.#name, gate.name);
    setText(
      this.#counts,
      gate.owner ? `${counts} · ${t("host-gate-finds-out", { owner: gate.owner })}` : counts,
    );
    this.#list.render(options.map((option) => ({ gate, option, isFrozen })));
  }
}

class AnswerRow {
  #name = element("b");
  #answer = element("select", { className: "input" });
  #evidence = element("textarea", {
    className: "input",
    rows: 1,
    maxLength: 500,
    placeholder: t("host-gate-evidence"),
  });
  /** What the server has, so that what is being typed is not replaced. */
  #known = "";

  /** @param {Tell} tell */
  constructor(tell) {
    this.#answer.append(
      ...ANSWERS.map((answer) =>
        element("option", { value: answer, text: t("host-gate-answer", { answer }) }),
      ),
    );
    this.element = element("li", {}, this.#name, this.#answer, this.#evidence);
    this.element.addEventListener("change", () => {
      if (!this.#of) return;
      const { gate, option } = this.#of;
      const asked = this.#of;
      const answer = /** @type {Wire.Standing} */ (this.#answer.value);
      const told = { gate: gate.id, option: option.id, answer, evidence: this.#evidence.value };
      // What was refused is shown as it was.
      tell(told).then(() => this.#of === asked && this.#show(asked));
    });
  }

  /** @type {Asked | null} */
  #of = null;

  /** @param {Asked} of */
  update(of) {
    const { gate, option, isFrozen } = of;
    this.#of = of;
    setText(this.#name, option.name);
    const about = t("host-gate-about", { option: option.name, gate: gate.name });
    this.#answer.setAttribute("aria-label", about);
    this.#evidence.setAttribute("aria-label", `${about}. ${t("host-gate-evidence")}`);
    this.#answer.disabled = isFrozen;
    this.#evidence.readOnly = isFrozen;
    if (this.#known !== JSON.stringify(answerOf(gate, option.id))) this.#show(of);
  }

  /** @param {Asked} of */
  #show({ gate, option }) {
    const known = answerOf(gate, option.id);
    this.#known = JSON.stringify(known);
    this.#answer.value = known.answer;
    this.#evidence.value = known.evidence;
    this.element.dataset.answer = known.answer;
  }
}
