/** The ranking: what is ranked, best first, a line, and below it what is left out. */

import { Announcer } from "../../announcer.js";
import { element, part, setText } from "../../dom.js";
import { KeyedList } from "../../keyed_list.js";
import { groupsOf, placeOf, ranked } from "../../methods/ranked.js";
import { slide } from "../../slide.js";
import { words } from "../../words.js";
import { Drag } from "./drag.js";
import { Row } from "./row.js";

const w = words.ballots;
/** No option's id has a blank. */
const LINE = "the line";

export class RankingList {
  #list;
  #rows;
  #drag;
  #vote;
  #announcer = new Announcer();
  #shown = { ballot: null, about: { options: [] }, options: [], isOpen: false };

  /** `vote(ballot)` takes a new ballot; null when nothing is ranked any more. */
  constructor(root, vote) {
    this.#vote = vote;
    this.#list = part(root, "rank-list");
    const hint = part(root, "rank-hint").id;
    this.#rows = new KeyedList(this.#list, {
      key: ({ key }) => key,
      make: ({ key }) => (key === LINE ? new Line() : new Row((move, option) => this.#move(move, option), hint)),
    });
    this.#drag = new Drag(this.#list, { isOpen: () => this.#shown.isOpen, drop: (row, mark) => this.#drop(row.dataset.key, mark) });
  }

  /** `options`: the option objects on the ballot, in this seat's order. */
  update(shown) {
    this.#shown = shown;
    // What is held in the hand stays there; the rest follows when it is put down.
    if (!this.#drag.isOn) this.#render();
  }

  #render() {
    const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
    slide(this.#list, () => this.#rows.render([...this.#items()]));
    if (!focused || document.activeElement === focused) return;
    focused.focus({ preventScroll: true });
    if (document.activeElement !== focused) this.#rows.get(focused.closest(".rank-row").dataset.key).takeFocus();
  }

  *#items() {
    const { ballot, about, options, isOpen } = this.#shown;
    const byId = new Map(options.map((option) => [option.id, option]));
    const groups = groupsOf(ballot);
    let place = 1;
    for (const [at, group] of groups.entries()) {
      const isTie = group.length > 1;
      for (const [n, id] of group.entries()) {
        const tied = !isTie ? "" : n === 0 ? "first" : n === group.length - 1 ? "last" : "middle";
        yield { key: id, option: byId.get(id), place, tied, above: (groups[at - 1] ?? []).map(about.name), isTop: at === 0 && !isTie, isBottom: at === groups.length - 1 && !isTie, isOpen };
      }
      place += group.length;
    }
    const out = options.filter(({ id }) => !placeOf(ballot, id).place);
    yield { key: LINE, text: !groups.length ? w.rankFirst : out.length ? w.leftOut : w.allRanked };
    for (const option of out) yield { key: option.id, option, place: null, tied: "", above: [], isTop: false, isBottom: true, isOpen };
  }

  #move(move, option) {
    const { ballot } = this.#shown;
    const groups = groupsOf(ballot);
    const at = groups.findIndex((group) => group.includes(option));
    if (move === "tie") this.#cast("tie", option, groups[at - 1][0]);
    else if (move === "untie") this.#cast("between", option, at + 1);
    else this.#cast(move, option);
  }

  #drop(option, mark) {
    if (mark) this.#dropAt(option, mark);
    this.#render();
  }

  #dropAt(option, { row, place }) {
    const groups = groupsOf(this.#shown.ballot);
    const target = row.dataset.key;
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

  #cast(move, option, ...where) {
    const { ballot, about } = this.#shown;
    const changed = ranked.moved(ballot, move, option, ...where);
    if (JSON.stringify(changed) === JSON.stringify(ballot)) return;
    const { place, mates } = placeOf(changed, option);
    this.#announcer.now(place ? w.nowAt(about.name(option), place, groupsOf(changed).flat().length, mates.map(about.name)) : w.nowOut(about.name(option)));
    this.#vote(changed);
  }
}

/** Between what is ranked and what is below all. */
class Line {
  element = element("li", { className: "rank-line" });

  update({ text }) {
    setText(this.element, text);
  }
}
