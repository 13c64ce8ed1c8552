/** All that a result rests on: what stands out and the deciding comparison in sight; to unfold
 *  how it was counted, how the ballots spread, head to head, the run-off, other rules. */

import { element, part, show } from "../../dom.js";
import { words } from "../../words.js";
import { optionsById } from "../votable.js";
import { decidingPair, duel } from "./duel.js";
import { spread } from "./spread.js";
import { beside, byCriterion, headToHead, runOff } from "./tables.js";

const w = words.results;

/** Each: when there is something to show, and what. */
const SECTIONS = {
  spread: { has: ({ histogram }) => histogram, title: w.spread, note: w.spreadNote, make: ({ result, round, options }) => spread(round.method, result, options) },
  byCriterion: { has: ({ means }) => means, title: w.byCriterion, note: w.byCriterionNote, make: ({ result, round, options }) => byCriterion(result, round.settings.criteria, options) },
  headToHead: { has: ({ pairwise }) => pairwise, title: w.headToHead, note: w.headToHeadNote, make: ({ result, options }) => headToHead(result, options) },
  runOff: { has: ({ rounds }) => rounds?.length, title: w.runOff, note: w.runOffNote, make: ({ result, options }) => runOff(result, options) },
  beside: { has: ({ beside: others }) => others, title: w.beside, note: null, make: ({ result, options }) => beside(result, options) },
};

const isWide = matchMedia("(min-width: 60rem)");

export class Evidence {
  #parts;
  #sections = new Map();
  #shown = null;

  constructor(root) {
    const counted = part(root, "counted");
    counted.open = isWide.matches;
    this.#parts = { counted, insights: part(root, "insights"), steps: part(root, "steps-list"), duel: part(root, "duel"), more: part(root, "evidence") };
  }

  update(state) {
    const { result, round, current } = state;
    const wanted = JSON.stringify([result, round?.n, current?.insights, state.board.options.map(({ id, name }) => [id, name])]);
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    this.#tellInsights(current?.insights ?? []);
    this.#tellSteps(result?.steps ?? []);
    this.#showMore({ result, round, voters: current?.voters ?? 0, options: optionsById(state), pair: decidingPair(state) });
  }

  #tellInsights(insights) {
    const { insights: list } = this.#parts;
    show(list, insights.length > 0);
    list.replaceChildren(...insights.map(({ kind, text }) => element("li", { data: { kind }, text })));
  }

  #tellSteps(steps) {
    show(this.#parts.counted, steps.length > 0);
    this.#parts.steps.replaceChildren(...steps.map((text) => element("li", { text })));
  }

  #showMore(about) {
    const { result, voters, options, pair } = about;
    this.#parts.duel.replaceChildren(...(pair ? [duel(pair, result, voters, options)] : []));
    show(this.#parts.duel, Boolean(pair));
    for (const [name, { has, make }] of Object.entries(SECTIONS)) {
      const fold = this.#fold(name);
      const isThere = Boolean(result && voters && has(result));
      show(fold, isThere);
      fold.lastElementChild.replaceChildren(...(isThere ? [make(about)] : []));
    }
  }

  /** What a reader has unfolded stays so while the numbers move. */
  #fold(name) {
    if (this.#sections.has(name)) return this.#sections.get(name);
    const { title, note } = SECTIONS[name];
    const node = element("details", { className: "fold" }, element("summary", { text: title }), note && element("p", { className: "soft small", text: note }), element("div"));
    this.#sections.set(name, node);
    this.#parts.more.append(node);
    return node;
  }
}
