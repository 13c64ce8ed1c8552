/** The ranking: what is ranked, best first, a line, and below it what is left out. */

import { Announcer } from "../../announcer.js";
import { element, keepFocus, part, setText } from "../../dom.js";
import { KeyedList } from "../../keyed_list.js";
import { groupsOf, placeOf, ranked } from "../../methods/ranked.js";
import { slide } from "../../slide.js";
import { listOf, t } from "../../words.js";
import { Drag } from "./drag.js";
import { Row } from "./row.js";

/** No option's id has a blank. */
const LINE = "the line";

/** @typedef {import("./drag.js").Drop} Drop */
/** @typedef {keyof typeof import("../../methods/ranked.js").moves} Move */
/** @typedef {{ key: string, text: string }
 *    | { key: string } & import("./row.js").ShownRow} Item */

export class RankingList {
  #list;
  #rows;
  #drag;
  #vote;
  #announcer = new Announcer();
  /** @type {ShownTogether | null} */
  #shown = null;

  /** `vote(ballot)` takes a new ballot; null when nothing is ranked any more.
   *
   *  @param {HTMLElement} root
   *  @param {(ballot: RankedBallot | null) => void} vote
   */
  constructor(root, vote) {
    this.#vote = vote;
    this.#list = part(root, "rank-list");
    const hint = part(root, "rank-hint").id;
    this.#rows = /** @type {KeyedList<Item, any>} */ (
      new KeyedList(this.#list, {
        key: ({ key }) => key,
        inSlices: true,
        make: /** @type {(item: Item) => any} */ ({ key }) =>
          key === LINE ? new Line() : new Row((move, option) => this.#move(move, option), hint),
      })
    );
    this.#drag = new Drag(this.#list, {
      isOpen: () => this.#shown?.isOpen ?? false,
      drop: (row, mark) => this.#drop(row.dataset.key ?? "", mark),
    });
  }

  /** `options`: the option objects on the ballot, in this seat's order.
   *
   *  @param {ShownTogether} shown
   */
  update(shown) {
    this.#shown = shown;
    // What is held in the hand stays there; the rest follows when it is put down.
    if (!this.#drag.isOn) this.#render();
  }

  #render() {
    /** @type {HTMLElement | null | undefined} */
    const row = document.activeElement?.closest(".rank-row");
    keepFocus(
      this.#list,
      () => slide(this.#list, () => this.#rows.render([...this.#items()])),
      () => this.#rows.get(row?.dataset.key).grip,
    );
  }

  /** @returns {Generator<Item>} */
  *#items() {
    if (!this.#shown) return;
    const { ballot, about, options, isOpen, isFound } = this.#shown;
    const byId = new Map(options.map((option) => [option.id, option]));
    const groups = groupsOf(ballot);
    let place = 1;
    for (const [at, group] of groups.entries()) {
      const isTie = group.length > 1;
      for (const [n, id] of group.entries()) {
        const tied = !isTie ? "" : n === 0 ? "first" : n === group.length - 1 ? "last" : "middle";
        yield {
          key: id,
          option: /** @type {Wire.Option} */ (byId.get(id)),
          place,
          tied,
          above: (groups[at - 1] ?? []).map(about.name),
          isTop: at === 0 && !isTie,
          isBottom: at === groups.length - 1 && !isTie,
          isOpen,
          isFound: true,
        };
      }
      place += group.length;
    }
    const out = options.filter(({ id }) => !placeOf(ballot, id).place);
    yield { key: LINE, text: lineText(groups.length, out.length) };
    for (const option of out)
      yield {
        key: option.id,
        option,
        place: null,
        tied: "",
        above: [],
        isTop: false,
        isBottom: true,
        isOpen,
        isFound: isFound(option),
      };
  }

  /** @param {string} move @param {string} option */
  #move(move, option) {
    const groups = groupsOf(this.#shown?.ballot ?? null);
    const at = groups.findIndex((group) => group.includes(option));
    if (move === "tie") this.#cast("tie", option, groups[at - 1][0]);
    else if (move === "untie") this.#cast("between", option, at + 1);
    else this.#cast(/** @type {Move} */ (move), option);
  }

  /** @param {string} option @param {Drop | null} mark */
  #drop(option, mark) {
    if (mark) this.#dropAt(option, mark);
    this.#render();
  }

  /** @param {string} option @param {Drop} of */
  #dropAt(option, { row, place }) {
    const groups = groupsOf(this.#shown?.ballot ?? null);
    const target = row.dataset.key ?? "";
    if (place === "out") this.#cast("out", option);
    else if (target === LINE) this.#cast("last", option);
    else {
      const at = groups.findIndex((group) => group.includes(target));
      // Between two that are tied there is no gap: it joins them.
      const isGap = place === "before" && groups[at].find((id) => id !== option) === target;
      if (isGap) this.#cast("between", option, at);
      else this.#cast("tie", option, target);
    }
  }

  /** @param {Move} move @param {string} option @param {string | number} [where] */
  #cast(move, option, where) {
    if (!this.#shown) return;
    const { ballot, about } = this.#shown;
    const changed = ranked.moved(ballot, move, option, where);
    if (JSON.stringify(changed) === JSON.stringify(ballot)) return;
    const { place, mates } = placeOf(changed, option);
    this.#announcer.now(
      place
        ? placedAt(
            about.name(option),
            place,
            mates.map(about.name),
            groupsOf(changed).flat().length,
          )
        : t("ballot-rank-now-out", { option: about.name(option) }),
    );
    this.#vote(changed);
  }
}

/** @param {number} above @param {number} below how many are ranked, and left out */
function lineText(above, below) {
  if (!above) return t("ballot-rank-first");
  return t(below ? "ballot-rank-left-out" : "ballot-rank-all");
}

/** @param {string} option @param {number} place @param {string[]} mates @param {number} of */
function placedAt(option, place, mates, of) {
  return mates.length
    ? t("ballot-rank-now-tied", { option, place, options: listOf(mates) })
    : t("ballot-rank-now", { option, place, of });
}

/** Between what is ranked and what is below all. */
class Line {
  element = element("li", { className: "rank-line" });

  /** @param {{ text: string }} of */
  update({ text }) {
    setText(this.element, text);
  }
}
