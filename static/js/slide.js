/** Rows that change places: each moves from where it was, so that one sees which went where. */

const MOVE_MS = 420;

export const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

/** Changes the children of a list by `change()`, and lets those that moved slide.
 *
 *  @param {HTMLElement} list
 *  @param {() => void} change
 */
export function slide(list, change) {
  // At first they come from nowhere.
  if (reducedMotion.matches || !list.firstElementChild) {
    change();
    return;
  }
  const before = new Map([...list.children].map((row) => [row, row.getBoundingClientRect()]));
  change();
  // All are measured before any of them moves: a browser would lay the page out for each.
  const moved = [...list.children].map((row) => {
    const was = before.get(row);
    if (!was?.height) return { row, dx: 0, dy: 0 };
    const is = row.getBoundingClientRect();
    return { row, dx: was.left - is.left, dy: was.top - is.top };
  });
  for (const { row, dx, dy } of moved)
    if (dx || dy)
      row.animate([{ transform: `translate(${dx}px, ${dy}px)` }, { transform: "none" }], {
        duration: MOVE_MS,
        easing: "cubic-bezier(.2, .8, .2, 1)",
      });
}
