/** One option in the ranking: its place, the grip, and a button for every move. */

import { element, setHue, setText, show } from "../../dom.js";
import { newId } from "../../live/new_id.js";
import { listOf, t } from "../../words.js";

/** What a key does while the grip has the focus.
 *  @type {Record<string, "up" | "down" | "tie" | "out" | undefined>} */
const KEYS = { ArrowUp: "up", ArrowDown: "down", "=": "tie", Delete: "out", Backspace: "out" };

/** `tied`: `first` `middle` `last` in its tie, or empty; `above`: the names of the group above;
 *  `isTop`, `isBottom`: there is nothing to move it over or under.
 *
 *  @typedef {object} ShownRow
 *  @property {Wire.Option} option
 *  @property {number | null} place null where it is left out
 *  @property {"" | "first" | "middle" | "last"} tied
 *  @property {string[]} above
 *  @property {boolean} isTop
 *  @property {boolean} isBottom
 *  @property {boolean} isOpen
 *  @property {boolean} isFound whether it is among those that are looked for
 */

export class Row {
  /** @type {ShownRow | null} */
  #state = null;
  #nodes;
  #more;
  #isMore = false;

  /** `move(name, option)`: `up` `down` `tie` `untie` `out` `last`.
   *
   *  @param {(move: string, option: string) => void} move
   *  @param {string} hint
   */
  constructor(move, hint) {
    /** @param {string} name */
    const act = (name) => () => this.#state && move(name, this.#state.option.id);
    /**
     *  @param {string} text
     *  @param {string} className
     *  @param {() => void} click
     *  @param {string} [label]
     */
    const button = (text, className, click, label) =>
      element("button", {
        type: "button",
        className: `button ${className}`,
        text,
        ...(label && { "aria-label": label }),
        on: { click },
      });
    const id = `rank-${newId()}`;
    const nodes = {
      grip: element("button", {
        type: "button",
        className: "rank-grip",
        "aria-describedby": hint,
        on: { keydown: (event) => this.#pressed(event, move) },
      }),
      place: element("span", { className: "rank-place num" }),
      name: element("span", { className: "rank-name" }),
      up: button("↑", "rank-step", act("up")),
      down: button("↓", "rank-step", act("down")),
      more: button("⋯", "rank-step", () => this.#unfold(!this.#isMore)),
      add: button(t("ballot-rank"), "button-small rank-add", act("last")),
      tie: button(t("ballot-rank-tie-above"), "button-small", act("tie")),
      untie: button(t("ballot-rank-untie"), "button-small", act("untie")),
      out: button(t("ballot-rank-leave-out"), "button-small", act("out")),
    };
    this.#nodes = nodes;
    this.#more = element(
      "div",
      { className: "rank-more", id, hidden: true },
      nodes.tie,
      nodes.untie,
      nodes.out,
    );
    nodes.more.setAttribute("aria-controls", id);
    this.element = element(
      "li",
      { className: "rank-row option" },
      nodes.grip,
      nodes.place,
      nodes.name,
      element("span", { className: "rank-steps" }, nodes.up, nodes.down, nodes.more, nodes.add),
      this.#more,
    );
  }

  /** @param {ShownRow} state */
  update(state) {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    const { option, place, tied, above, isTop, isBottom, isOpen, isFound } = state;
    const nodes = this.#nodes;
    setHue(this.element, option.hue);
    // What is ranked stays in sight, because the others are moved past it.
    show(this.element, isFound || place !== null);
    this.element.dataset.tied = tied;
    this.element.toggleAttribute("data-out", place === null);
    this.element.toggleAttribute("data-fixed", !isOpen);
    setText(nodes.name, option.name);
    setText(
      nodes.place,
      place === null ? "–" : t(tied ? "result-rank-tied" : "result-rank", { place }),
    );
    nodes.grip.setAttribute("aria-label", t("ballot-rank-move", { option: option.name }));
    nodes.up.setAttribute("aria-label", t("ballot-rank-up", { option: option.name }));
    nodes.down.setAttribute("aria-label", t("ballot-rank-down", { option: option.name }));
    nodes.more.setAttribute("aria-label", t("ballot-rank-more", { option: option.name }));
    nodes.add.setAttribute("aria-label", t("ballot-rank-it", { option: option.name }));
    const isIn = place !== null;
    show(nodes.grip, isOpen);
    for (const node of [nodes.up, nodes.down, nodes.more]) show(node, isOpen && isIn);
    show(nodes.add, isOpen && !isIn);
    setDisabled(nodes.up, isTop);
    setDisabled(nodes.down, isBottom);
    show(nodes.tie, above.length > 0);
    setText(
      nodes.tie,
      above.length ? t("ballot-rank-tie", { options: listOf(above) }) : t("ballot-rank-tie-above"),
    );
    show(nodes.untie, tied !== "");
    this.#unfold(this.#isMore && isOpen && isIn);
  }

  /** Has the focus when the button that had it is gone. */
  get grip() {
    return this.#nodes.grip;
  }

  /** @param {boolean} isMore */
  #unfold(isMore) {
    this.#isMore = isMore;
    this.#more.hidden = !isMore;
    this.#nodes.more.setAttribute("aria-expanded", String(isMore));
  }

  /** @param {KeyboardEvent} event @param {(move: string, option: string) => void} move */
  #pressed(event, move) {
    const name = KEYS[event.key];
    if (!name || !this.#state || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const { place, above, isTop, isBottom, option } = this.#state;
    const can = { up: !isTop, down: !isBottom, tie: above.length > 0, out: place !== null };
    if (can[name]) move(name, option.id);
  }
}

/** A button at its end keeps the focus: the next press may be the other way.
 *
 *  @param {HTMLButtonElement} button
 *  @param {boolean} isDisabled
 */
function setDisabled(button, isDisabled) {
  button.setAttribute("aria-disabled", String(isDisabled));
}
