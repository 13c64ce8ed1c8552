/** Whether this person commits to the outcome: one tap, and for a doubt its reason. */

import { optionsById } from "../board/votable.js";
import { element, keepFocus, setText, show } from "../dom.js";
import { t } from "../words.js";

const STANCES = /** @type {const} */ (["commit", "reservation", "block"]);
const LONGEST = 280;

export class StanceForm {
  #root;
  #live;
  #fail;
  #title = element("h2", { className: "eyebrow" });
  #counts = element("p", { className: "soft small num" });
  #risks = element("ul", { className: "stance-risks" });
  /** @type {Map<Wire.Stance, HTMLButtonElement>} */
  #buttons = new Map();
  #reason = /** @type {HTMLTextAreaElement} */ (
    element("textarea", { className: "input", id: "stance-reason", rows: "2", required: true })
  );
  #form;
  #saved = element("p", { className: "soft small", role: "status" });
  /** Which doubt a reason is being written for.
   *  @type {Wire.Stance | null} */
  #writing = null;

  /** @param {HTMLElement} root @param {LiveBoard} live @param {(text: string) => void} fail */
  constructor(root, live, fail) {
    this.#root = root;
    this.#live = live;
    this.#fail = fail;
    this.#reason.maxLength = LONGEST;
    const row = element("div", { className: "row stance-choices" });
    for (const stance of STANCES) {
      const button = /** @type {HTMLButtonElement} */ (
        element("button", {
          type: "button",
          className: "button",
          text: t("stance-choice", { stance }),
          on: { click: () => this.#tap(stance) },
        })
      );
      this.#buttons.set(stance, button);
      row.append(button);
    }
    const label = element("label", { text: t("stance-reason") });
    label.setAttribute("for", "stance-reason");
    this.#form = element(
      "form",
      { className: "field", on: { submit: (/** @type {Event} */ event) => this.#submit(event) } },
      label,
      this.#reason,
      element("button", { className: "button button-main", text: t("stance-save") }),
    );
    root.replaceChildren(this.#title, row, this.#form, this.#saved, this.#counts, this.#risks);
  }

  /** @param {BoardState} state */
  update(state) {
    const { stances, you, isRevealing, isArchived } = state;
    keepFocus(
      this.#root,
      () => show(this.#root, Boolean(stances) && !isRevealing),
      () => document.body,
    );
    if (!stances || isRevealing) return;
    const own = state.ownStance?.option === stances.option ? state.ownStance : null;
    const name = optionsById(state).get(stances.option)?.name ?? stances.option;
    setText(this.#title, t("stance-title", { option: name }));
    const mayAct = you.votes && !isArchived;
    for (const [stance, button] of this.#buttons) {
      show(button, mayAct);
      button.setAttribute("aria-pressed", String((this.#writing ?? own?.stance) === stance));
    }
    show(this.#form, mayAct && this.#writing !== null);
    setText(this.#saved, own && !this.#writing ? t("stance-saved", { stance: own.stance }) : "");
    const { commit, reservation, block } = stances;
    setText(
      this.#counts,
      commit + reservation + block ? t("stances-counts", { commit, reservation, block }) : "",
    );
    this.#risks.replaceChildren(
      ...stances.risks.map((risk) => element("li", { text: told(risk) })),
    );
  }

  /** @param {Wire.Stance} stance */
  #tap(stance) {
    const { state } = this.#live;
    const { stances } = state;
    const own = state.ownStance?.option === stances?.option ? state.ownStance : null;
    if (stance === "commit" || own?.stance === stance) {
      this.#writing = null;
      // What is pressed already is taken back.
      this.#send(own?.stance === stance ? null : stance, "");
      return;
    }
    this.#writing = stance;
    if (!this.#reason.value) this.#reason.value = own?.reason ?? "";
    this.update(state);
    this.#reason.focus();
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    if (this.#writing) this.#send(this.#writing, this.#reason.value.trim());
  }

  /** @param {Wire.Stance | null} stance @param {string} reason */
  async #send(stance, reason) {
    const { stances, round } = this.#live.state;
    if (!stances || !round) return;
    try {
      await this.#live.request({
        type: "stance",
        round: round.n,
        option: stances.option,
        stance,
        ...(reason && { reason }),
      });
    } catch (refusal) {
      this.#fail(/** @type {Error} */ (refusal).message);
      return;
    }
    this.#writing = null;
    this.#reason.value = "";
    this.update(this.#live.state);
  }
}

/** @param {Wire.RiskView} risk */
const told = ({ text, source, owner }) =>
  t("stance-risk", {
    text,
    source: source === "block" ? "block" : "reservation",
    owner,
    owned: owner ? "yes" : "no",
  });
