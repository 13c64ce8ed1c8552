/** Dragging a row of the ranking, by mouse, pen or finger.
 *
 *  Rows stay where they are while one is dragged; a mark shows where it would land. Near a
 *  row's edge that is the gap next to it, in its middle a tie with it, below the line out of
 *  the ranking.
 */

const THRESHOLD_PX = 5;
/** How much of a row, above and below, belongs to the gap next to it. */
const EDGE = 0.34;
const SCROLL_ZONE_PX = 90;
const SCROLL_PX = 9;

/** Where a row would land: `before` a row, in a `tie` with it, or `out` at the line.
 *  @typedef {{ row: HTMLElement, place: "before" | "tie" | "out" }} Drop
 *
 *  @typedef {{ row: HTMLElement, top: number, height: number }} Box
 *
 *  The row that is held, by which pointer. `rows`: all of them, once it is dragged.
 *  @typedef {{
 *    pointer: number, row: HTMLElement, from: number, at: number,
 *    rows: Box[] | null, box: Box | null, mark: Drop | null,
 *  }} Held
 */

export class Drag {
  #list;
  #on;
  /** @type {Held | null} */
  #held = null;
  #frame = 0;

  /** @param {HTMLElement} list
   *  @param {{ isOpen: () => boolean, drop: (row: HTMLElement, mark: Drop | null) => void }} on
   */
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

  /** @param {PointerEvent} event */
  #press(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (target.closest(".rank-row"));
    const grip = target.closest(".rank-grip");
    if (!row || event.button !== 0 || !this.#on.isOpen()) return;
    // A finger on the rest of the row scrolls the page; a mouse may take it anywhere.
    if (!grip && (event.pointerType !== "mouse" || target.closest("button"))) return;
    this.#held = {
      pointer: event.pointerId,
      row,
      from: event.pageY,
      at: event.clientY,
      rows: null,
      box: null,
      mark: null,
    };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const held = this.#held;
    if (!held || held.pointer !== event.pointerId) return;
    held.at = event.clientY;
    if (!held.rows) {
      if (Math.abs(event.pageY - held.from) < THRESHOLD_PX) return;
      this.#lift(held);
    }
    event.preventDefault();
    this.#follow(held);
  }

  /** @param {Held} held */
  #lift(held) {
    this.#list.setPointerCapture(held.pointer);
    const children = /** @type {Iterable<HTMLElement>} */ (this.#list.children);
    held.rows = [...children].map((row) => {
      const box = row.getBoundingClientRect();
      return { row, top: box.top + scrollY, height: box.height };
    });
    held.box = held.rows.find(({ row }) => row === held.row) ?? null;
    held.row.toggleAttribute("data-dragged", true);
    this.#list.toggleAttribute("data-dragging", true);
    this.#frame = requestAnimationFrame(this.#scroll);
  }

  /** @param {Held} held */
  #follow(held) {
    const { row, from, at, box } = held;
    if (!box) return;
    const by = at + scrollY - from;
    row.style.setProperty("--by", `${by}px`);
    this.#mark(held, this.#aim(held, box.top + box.height / 2 + by));
  }

  /** @param {Held} held @param {number} y @returns {Drop} */
  #aim(held, y) {
    for (const { row, top, height } of held.rows ?? []) {
      if (row === held.row) continue;
      const isLine = row.matches(".rank-line");
      if (y < top + height * (isLine ? 0.5 : EDGE)) return { row, place: "before" };
      if (isLine) break;
      if (y <= top + height * (1 - EDGE)) return { row, place: "tie" };
    }
    return { row: /** @type {any} */ (this.#list.querySelector(".rank-line")), place: "out" };
  }

  /** @param {Held} held @param {Drop} mark */
  #mark(held, mark) {
    if (held.mark) delete held.mark.row.dataset.drop;
    held.mark = mark;
    mark.row.dataset.drop = mark.place;
  }

  /** A long list moves on while the row is held near the edge of the window. */
  #scroll = () => {
    const held = this.#held;
    if (!held) return;
    const { at } = held;
    const by = at < SCROLL_ZONE_PX ? -SCROLL_PX : at > innerHeight - SCROLL_ZONE_PX ? SCROLL_PX : 0;
    if (by) {
      scrollBy(0, by);
      this.#follow(held);
    }
    this.#frame = requestAnimationFrame(this.#scroll);
  };

  /** @param {PointerEvent} event @param {boolean} isDropped */
  #release(event, isDropped) {
    const held = this.#held;
    if (!held || held.pointer !== event.pointerId) return;
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
