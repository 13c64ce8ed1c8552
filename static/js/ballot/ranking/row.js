/** One option in the ranking: its place, the grip, and a button for every move. */

import { element, setHue, setText, show } from "../../dom.js";
import { newId } from "../../live/new_id.js";
import { words } from "../../words.js";

const w = words.ballots;

/** What a key does while the grip has the focus. */
const KEYS = { ArrowUp: "up", ArrowDown: "down", "=": "tie", Delete: "out", Backspace: "out" };

export class Row {
  #state = null;
  #nodes;
  #more;
  #isMore = false;

  /** `move(name, option)`: `up` `down` `tie` `untie` `out` `last`. */
  constructor(move, hint) {
    const act = (name) => () => move(name, this.#state.option.id);
    const button = (text, className, click, label) => element("button", { type: "button", className: `button ${className}`, text, ...(label && { "aria-label": label }), on: { click } });
    const id = `rank-${newId()}`;
    const nodes = {
      grip: element("button", { type: "button", className: "rank-grip", "aria-describedby": hint, on: { keydown: (event) => this.#pressed(event, move) } }),
      place: element("span", { className: "rank-place num" }),
      name: element("span", { className: "rank-name" }),
      up: button("↑", "rank-step", act("up")),
      down: button("↓", "rank-step", act("down")),
      more: button("⋯", "rank-step", () => this.#unfold(!this.#isMore)),
      add: button(w.rank, "button-small rank-add", act("last")),
      tie: button(w.tieWithAbove, "button-small", act("tie")),
      untie: button(w.untie, "button-small", act("untie")),
      out: button(w.leaveOut, "button-small", act("out")),
    };
    this.#nodes = nodes;
    this.#more = element("div", { className: "rank-more", id, hidden: true }, nodes.tie, nodes.untie, nodes.out);
    nodes.more.setAttribute("aria-controls", id);
    this.element = element("li", { className: "rank-row option" }, nodes.grip, nodes.place, nodes.name, element("span", { className: "rank-steps" }, nodes.up, nodes.down, nodes.more, nodes.add), this.#more);
  }

  /** `tied`: `first` `middle` `last` in its tie, or empty; `above`: the names of the group
   *  above; `isTop`, `isBottom`: there is nothing to move it over or under. */
  update(state) {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    const { option, place, tied, above, isTop, isBottom, isOpen } = state;
    const nodes = this.#nodes;
    setHue(this.element, option.hue);
    this.element.dataset.tied = tied;
    this.element.toggleAttribute("data-out", place === null);
    this.element.toggleAttribute("data-fixed", !isOpen);
    setText(nodes.name, option.name);
    setText(nodes.place, place === null ? "–" : w.place(place, tied !== ""));
    for (const [node, label] of [["grip", w.move], ["up", w.up], ["down", w.down], ["more", w.more], ["add", w.rankIt]]) nodes[node].setAttribute("aria-label", label(option.name));
    const isIn = place !== null;
    show(nodes.grip, isOpen);
    for (const node of ["up", "down", "more"]) show(nodes[node], isOpen && isIn);
    show(nodes.add, isOpen && !isIn);
    setDisabled(nodes.up, isTop);
    setDisabled(nodes.down, isBottom);
    show(nodes.tie, above.length > 0);
    setText(nodes.tie, above.length ? w.tieWith(above) : w.tieWithAbove);
    show(nodes.untie, tied !== "");
    this.#unfold(this.#isMore && isOpen && isIn);
  }

  /** Where the focus goes when the button that had it is gone. */
  takeFocus() {
    this.#nodes.grip.focus({ preventScroll: true });
  }

  #unfold(isMore) {
    this.#isMore = isMore;
    this.#more.hidden = !isMore;
    this.#nodes.more.setAttribute("aria-expanded", String(isMore));
  }

  #pressed(event, move) {
    const name = KEYS[event.key];
    if (!name || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const { place, above, isTop, isBottom, option } = this.#state;
    const can = { up: !isTop, down: !isBottom, tie: above.length > 0, out: place !== null };
    if (can[name]) move(name, option.id);
  }
}

/** A button at its end keeps the focus: the next press may be the other way. */
function setDisabled(button, isDisabled) {
  button.setAttribute("aria-disabled", String(isDisabled));
}
