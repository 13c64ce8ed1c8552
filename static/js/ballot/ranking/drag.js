/** Dragging a row of the ranking, by mouse, pen or finger.
 *
 *  Rows stay where they are while one is dragged; a mark shows where it would land. Near a
 *  row's edge that is the gap beside it, in its middle a tie with it, below the line out of
 *  the ranking.
 */

const THRESHOLD_PX = 5;
/** How much of a row, above and below, belongs to the gap beside it. */
const EDGE = 0.34;
const SCROLL_ZONE_PX = 90;
const SCROLL_PX = 9;

export class Drag {
  #list;
  #on;
  #held = null;
  #frame = null;

  /** `on` has `isOpen()` and `drop(row, mark)`; `mark`: `{ row, place }`, `place` being
   *  `before` a row, `tie` with it, or `out` at the line. */
  constructor(list, on) {
    this.#list = list;
    this.#on = on;
    list.addEventListener("pointerdown", (event) => this.#press(event));
    list.addEventListener("pointermove", (event) => this.#move(event));
    list.addEventListener("pointerup", (event) => this.#release(event, true));
    list.addEventListener("pointercancel", (event) => this.#release(event, false));
  }

  get isOn() {
    return Boolean(this.#held?.rows);
  }

  #press(event) {
    const row = event.target.closest(".rank-row");
    const grip = event.target.closest(".rank-grip");
    if (!row || event.button !== 0 || !this.#on.isOpen()) return;
    // A finger on the rest of the row scrolls the page; a mouse may take it anywhere.
    if (!grip && (event.pointerType !== "mouse" || event.target.closest("button"))) return;
    this.#held = { pointer: event.pointerId, row, from: event.pageY, at: event.clientY, rows: null, mark: null };
  }

  #move(event) {
    const held = this.#held;
    if (held?.pointer !== event.pointerId) return;
    held.at = event.clientY;
    if (!held.rows) {
      if (Math.abs(event.pageY - held.from) < THRESHOLD_PX) return;
      this.#lift(held);
    }
    event.preventDefault();
    this.#follow();
  }

  #lift(held) {
    this.#list.setPointerCapture(held.pointer);
    held.rows = [...this.#list.children].map((row) => {
      const box = row.getBoundingClientRect();
      return { row, top: box.top + scrollY, height: box.height };
    });
    held.box = held.rows.find(({ row }) => row === held.row);
    held.row.toggleAttribute("data-dragged", true);
    this.#list.toggleAttribute("data-dragging", true);
    this.#frame = requestAnimationFrame(this.#scroll);
  }

  #follow() {
    const { row, from, at, box } = this.#held;
    const by = at + scrollY - from;
    row.style.setProperty("--by", `${by}px`);
    this.#mark(this.#aim(box.top + box.height / 2 + by));
  }

  #aim(y) {
    for (const { row, top, height } of this.#held.rows) {
      if (row === this.#held.row) continue;
      const isLine = row.matches(".rank-line");
      if (y < top + height * (isLine ? 0.5 : EDGE)) return { row, place: "before" };
      if (isLine) break;
      if (y <= top + height * (1 - EDGE)) return { row, place: "tie" };
    }
    return { row: this.#list.querySelector(".rank-line"), place: "out" };
  }

  #mark(mark) {
    if (this.#held.mark) delete this.#held.mark.row.dataset.drop;
    this.#held.mark = mark;
    mark.row.dataset.drop = mark.place;
  }

  /** A long list moves on while the row is held near the edge of the window. */
  #scroll = () => {
    const { at } = this.#held;
    const by = at < SCROLL_ZONE_PX ? -SCROLL_PX : at > innerHeight - SCROLL_ZONE_PX ? SCROLL_PX : 0;
    if (by) {
      scrollBy(0, by);
      this.#follow();
    }
    this.#frame = requestAnimationFrame(this.#scroll);
  };

  #release(event, isDropped) {
    const held = this.#held;
    if (held?.pointer !== event.pointerId) return;
    this.#held = null;
    cancelAnimationFrame(this.#frame);
    if (!held.rows) return;
    held.row.removeAttribute("data-dragged");
    held.row.style.removeProperty("--by");
    this.#list.removeAttribute("data-dragging");
    if (held.mark) delete held.mark.row.dataset.drop;
    this.#on.drop(held.row, isDropped ? held.mark : null);
  }
}
