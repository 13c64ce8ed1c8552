/** The evidence for a result: insights and the deciding comparison are always visible; folded are
 *  how it was counted, how the ballots spread, head to head, the run-off, other rules. */

import { element, part, show } from "../../dom.js";
import { t } from "../../words.js";
import { optionsById } from "../votable.js";
import { decidingPair, duel } from "./duel.js";
import { lensList } from "./lens.js";
import { Pictures } from "./pictures.js";
import { spread } from "./spread.js";
import { Sureness } from "./sureness.js";
import { alternatives, byCriterion, headToHead, runOff } from "./tables.js";

/** @typedef {{ result: Wire.Result, round: Wire.RoundView, options: Options }} Counted */

/** Each: when there is something to show, and what.
 *
 *  @type {Record<string, {
 *    has: (result: Wire.Result) => unknown,
 *    title: string,
 *    note: string | null,
 *    make: (counted: Counted) => HTMLElement,
 *  }>}
 */
const SECTIONS = {
  spread: {
    has: ({ histogram }) => histogram,
    title: t("evidence-spread"),
    note: t("evidence-spread-note"),
    make: ({ result, round, options }) => spread(round.method, result, options),
  },
  byCriterion: {
    has: ({ means }) => means,
    title: t("evidence-criteria"),
    note: t("evidence-criteria-note"),
    make: ({ result, round, options }) =>
      byCriterion(result, round.settings.criteria ?? [], options),
  },
  headToHead: {
    has: ({ pairwise }) => pairwise,
    title: t("evidence-head-to-head"),
    note: t("evidence-head-to-head-note"),
    make: ({ result, options }) => headToHead(result, options),
  },
  runOff: {
    has: ({ rounds }) => rounds?.length,
    title: t("evidence-run-off"),
    note: t("evidence-run-off-note"),
    make: ({ result, options }) => runOff(result, options),
  },
  alternatives: {
    has: ({ beside: others }) => others,
    title: t("evidence-alternatives"),
    note: null,
    make: ({ result, options }) => alternatives(result, options),
  },
};

const isWide = matchMedia("(min-width: 60rem)");

export class Evidence {
  #parts;
  #sureness;
  #pictures = new Pictures();
  /** @type {Map<string, HTMLDetailsElement>} */
  #sections = new Map();
  /** What the sections are made of.
   *  @type {Counted | null} */
  #counted = null;
  /** @type {string | null} */
  #shown = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    const counted = part(root, "counted");
    counted.open = isWide.matches;
    this.#sureness = new Sureness(part(root, "sureness"));
    this.#parts = {
      counted,
      insights: part(root, "insights"),
      steps: part(root, "steps-list"),
      duel: part(root, "duel"),
      lens: part(root, "lens"),
      more: part(root, "evidence"),
    };
    this.#parts.more.after(this.#pictures.element);
  }

  /** @param {BoardState} state */
  #showLens(state) {
    const { lens } = this.#parts;
    const list = lensList(state);
    show(lens, Boolean(list));
    if (list && lens.textContent !== list.textContent) lens.replaceChildren(list);
  }

  /** @param {BoardState} state */
  update(state) {
    const { result, round, current } = state;
    this.#sureness.update(state);
    this.#showLens(state);
    this.#pictures.update(state);
    const wanted = JSON.stringify([
      result,
      round?.n,
      current?.insights,
      state.board.options.map(({ id, name }) => [id, name]),
    ]);
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    this.#showInsights(current?.insights ?? []);
    this.#showSteps(result?.steps ?? []);
    this.#showMore(state);
  }

  /** @param {Wire.Insight[]} insights */
  #showInsights(insights) {
    const { insights: list } = this.#parts;
    show(list, insights.length > 0);
    list.replaceChildren(
      ...insights.map(({ kind, text }) => element("li", { data: { kind }, text })),
    );
  }

  /** @param {string[]} steps */
  #showSteps(steps) {
    show(this.#parts.counted, steps.length > 0);
    this.#parts.steps.replaceChildren(...steps.map((text) => element("li", { text })));
  }

  /** @param {BoardState} state */
  #showMore(state) {
    const { result, round, counted: voters } = state;
    const options = optionsById(state);
    const pair = result && decidingPair(state);
    this.#parts.duel.replaceChildren(...(pair ? [duel(pair, result, voters, options)] : []));
    show(this.#parts.duel, Boolean(pair));
    this.#counted = result && round && voters ? { result, round, options } : null;
    for (const [name, { has }] of Object.entries(SECTIONS)) {
      show(this.#fold(name), Boolean(this.#counted && has(this.#counted.result)));
      this.#fill(name);
    }
  }

  /** Made when it is unfolded: of fifty options, head to head has thousands of cells.
   *
   *  @param {string} name
   */
  #fill(name) {
    const fold = this.#fold(name);
    const shown = fold.open && !fold.hidden && this.#counted;
    fold.lastElementChild?.replaceChildren(...(shown ? [SECTIONS[name].make(shown)] : []));
  }

  /** What a reader has unfolded stays so while the numbers move.
   *
   *  @param {string} name
   */
  #fold(name) {
    const known = this.#sections.get(name);
    if (known) return known;
    const { title, note } = SECTIONS[name];
    const node = element(
      "details",
      { className: "fold", on: { toggle: () => this.#fill(name) } },
      element("summary", { text: title }),
      note ? element("p", { className: "soft small", text: note }) : null,
      element("div"),
    );
    this.#sections.set(name, node);
    this.#parts.more.append(node);
    return node;
  }
}
