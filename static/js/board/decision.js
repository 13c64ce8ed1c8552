/** What was decided, and why; or until when it is deferred. */

import { element, parts, setText, show } from "../dom.js";
import { dateFormat, t } from "../words.js";
import { optionsById } from "./votable.js";

export class Decision {
  #section;
  #parts;

  /** @param {HTMLElement} section */
  constructor(section) {
    this.#section = section;
    this.#parts = parts(section);
  }

  /** @param {BoardState} state */
  update(state) {
    const { decision, deferral } = state.isRevealing
      ? { decision: null, deferral: null }
      : state.board;
    show(this.#section, Boolean(decision ?? deferral));
    const told = predicted(decision);
    const place = this.#parts["decision-predicted"];
    show(place, told.length > 0);
    place.replaceChildren(
      element("p", { className: "soft small", text: t("board-predicted") }),
      element("ul", { className: "small" }, ...told.map((text) => element("li", { text }))),
    );
    if (deferral)
      this.#say(t("board-deferred"), deferral, [
        t("board-deferred-until", { day: asDay(deferral.revisit_on) }),
        t("board-deferred-owner", { owner: deferral.owner }),
      ]);
    else if (decision)
      this.#say(
        decision.without_vote ? t("board-without-vote") : t("board-phase", { phase: "decided" }),
        decision,
        [
          decidedOn(state),
          decision.revisit_on ? t("board-revisit", { day: asDay(decision.revisit_on) }) : "",
        ],
      );
  }

  /** @param {string} title
   *  @param {{ because: string, revisit_on: string | null }} of
   *  @param {[string, string]} lines
   */
  #say(title, { because, revisit_on: day }, [loud, quiet]) {
    const {
      "decision-title": heading,
      "decision-option": name,
      "decision-because": reason,
      "decision-revisit": revisit,
      "decision-calendar": calendar,
    } = this.#parts;
    setText(heading, title);
    setText(name, loud);
    setText(reason, because);
    setText(revisit, quiet);
    show(calendar, Boolean(day));
  }
}

/** What is expected of a decision, a sentence each.
 *
 *  @param {Wire.Decision | null} decision
 */
export const predicted = (decision) =>
  (decision?.predictions ?? []).map(({ text, confidence, came_true: came }) =>
    t("board-prediction", {
      text,
      confidence,
      came_true: came === undefined ? "open" : came ? "yes" : "no",
    }),
  );

/** What the meeting came to, in one sentence; empty where it has not.
 *
 *  @param {BoardState} state
 */
export function outcomeSentence(state) {
  const { decision, deferral } = state.board;
  if (deferral)
    return t("board-now-deferred", { day: asDay(deferral.revisit_on), owner: deferral.owner });
  if (!decision) return "";
  return t(decision.without_vote ? "board-now-decided-without-vote" : "board-now-decided", {
    option: decidedOn(state),
  });
}

/** @param {BoardState} state */
function decidedOn(state) {
  const { option = "" } = state.board.decision ?? {};
  return optionsById(state).get(option)?.name ?? option;
}

/** 2027-06-01 as a reader writes it; noon, so that no time zone makes it another day.
 *
 *  @param {string} iso
 */
export function asDay(iso) {
  return dateFormat({ dateStyle: "long" }).format(new Date(`${iso}T12:00:00`));
}
