/** What people say to the outcome, who sees to its risks, and the pre-mortem. */

import { optionsById } from "../board/votable.js";
import { element, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { t } from "../words.js";

const LONGEST_OWNER = 80;

export class Risks {
  #parts;
  #live;
  #fail;
  #list;

  /** @param {Parts} page @param {HostTools} of */
  constructor(page, { live, fail }) {
    this.#parts = page;
    this.#live = live;
    this.#fail = fail;
    this.#list = new KeyedList(page["risk-list"], {
      make: (/** @type {Wire.RiskView} */ risk) =>
        new RiskRow(risk, (owner) => this.#send({ type: "assign_risk", risk: risk.id, owner })),
    });
    page["premortem-open"].addEventListener("click", () => this.#open());
    page["premortem-show"].addEventListener("click", () =>
      this.#send({ type: "reveal_premortem" }),
    );
  }

  /** @param {BoardState} state */
  update(state) {
    const { stances, board } = state;
    show(this.#parts.risks, Boolean(stances) && !state.isRevealing);
    if (stances) {
      const { commit, reservation, block } = stances;
      setText(this.#parts["risk-counts"], t("stances-counts", { commit, reservation, block }));
      this.#list.render(stances.risks);
    }
    const isOn = board.premortem?.revealed_at === null;
    const about = isOn ? board.premortem?.option : subjectOf(state);
    show(this.#parts.premortem, Boolean(about) && !state.isArchived);
    const option = optionsById(state).get(about ?? "")?.name ?? "";
    setText(
      this.#parts["premortem-words"],
      isOn
        ? t("premortem-running", { option, n: state.sealed?.count ?? 0 })
        : t("premortem-offer", { option }),
    );
    show(this.#parts["premortem-open"], !isOn);
    show(this.#parts["premortem-show"], isOn);
  }

  #open() {
    const option = subjectOf(this.#live.state);
    if (option) this.#send({ type: "open_premortem", option });
  }

  /** @param {Unsent} message */
  #send(message) {
    return this.#live.request(message).catch((refusal) => this.#fail(refusal.message));
  }
}

/** What was decided, or has won alone.
 *
 *  @param {BoardState} state
 */
function subjectOf({ board, phase, result }) {
  const known = (/** @type {string | undefined} */ id) => board.options.some((o) => o.id === id);
  if (phase !== "revealed" && phase !== "decided") return null;
  const { option } = board.decision ?? {};
  if (option) return known(option) ? option : null;
  const winners = result?.winners ?? [];
  return winners.length === 1 && known(winners[0]) ? winners[0] : null;
}

class RiskRow {
  #words = element("p", {});
  #owner = /** @type {HTMLInputElement} */ (element("input", { className: "input" }));
  #known = "";

  /** @param {Wire.RiskView} risk @param {(owner: string) => void} assign */
  constructor(risk, assign) {
    this.#owner.maxLength = LONGEST_OWNER;
    this.#owner.setAttribute("aria-label", t("risk-owner", { text: risk.text }));
    this.#owner.placeholder = t("risk-owner-none");
    const form = element(
      "form",
      {
        className: "name-line",
        on: {
          submit: (/** @type {Event} */ event) => {
            event.preventDefault();
            assign(this.#owner.value.trim());
          },
        },
      },
      this.#owner,
      element("button", { className: "button button-small", text: t("risk-save") }),
    );
    this.element = element("li", {}, this.#words, form);
  }

  /** @param {Wire.RiskView} risk */
  update({ text, source, names, owner }) {
    setText(
      this.#words,
      t("host-risk", {
        text,
        source: source === "block" ? "block" : "reservation",
        names: (names ?? []).join(", "),
        named: names ? "yes" : "no",
      }),
    );
    // What is being typed stays.
    if (this.#owner.value === this.#known) this.#owner.value = owner;
    this.#known = owner;
  }
}
