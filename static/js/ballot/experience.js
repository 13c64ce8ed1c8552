/** How well this person knows each option: folded away on its card, one tap. */

import { element, setText, show } from "../dom.js";
import { t } from "../words.js";

const LEVELS = /** @type {const} */ (["never", "tried", "shipped"]);

export class Experience {
  #live;
  #fail;
  /** @type {Map<string, LevelChoice>} */
  #choices = new Map();

  /** @param {LiveBoard} live @param {(text: string) => void} fail */
  constructor(live, fail) {
    this.#live = live;
    this.#fail = fail;
  }

  /** @param {string} option @param {HTMLElement} place */
  update(option, place) {
    const { state } = this.#live;
    const { round, you } = state;
    const isAsked = Boolean(round?.settings.experience && round.options.includes(option));
    show(place, isAsked && you.votes && state.acceptsVotes && option !== "further-discussion");
    if (place.hidden) return;
    let choice = this.#choices.get(option);
    if (!choice) {
      choice = new LevelChoice(place, (level) => this.#say(option, level));
      this.#choices.set(option, choice);
    }
    choice.update(state.ownExperience[option] ?? null);
  }

  /** @param {string} option @param {Wire.Level} level */
  #say(option, level) {
    const { round, ownExperience } = this.#live.state;
    if (!round) return;
    const isTakenBack = ownExperience[option] === level;
    this.#live
      .request({
        type: "experience",
        round: round.n,
        option,
        level: isTakenBack ? null : level,
      })
      .catch((refusal) => this.#fail(refusal.message));
  }
}

class LevelChoice {
  #summary = element("summary", { className: "soft small" });
  /** @type {Map<Wire.Level, HTMLElement>} */
  #buttons = new Map();

  /** @param {HTMLElement} place @param {(level: Wire.Level) => void} say */
  constructor(place, say) {
    const row = element("div", { className: "row" });
    for (const level of LEVELS) {
      const button = element("button", {
        type: "button",
        className: "button button-small",
        text: t("experience-level", { level }),
        on: { click: () => say(level) },
      });
      this.#buttons.set(level, button);
      row.append(button);
    }
    place.replaceChildren(element("details", { className: "experience" }, this.#summary, row));
  }

  /** @param {Wire.Level | null} own */
  update(own) {
    setText(this.#summary, own ? t("experience-said", { level: own }) : t("experience-title"));
    for (const [level, button] of this.#buttons)
      button.setAttribute("aria-pressed", String(level === own));
  }
}
