/** Rows that change places: each moves from where it was, so that one sees which went where. */

const MOVE_MS = 420;

export const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

/** Changes the children of a list by `change()`, and lets those that moved slide. */
export function slide(list, change) {
  const before = new Map([...list.children].map((row) => [row, row.getBoundingClientRect()]));
  change();
  if (isCalm.matches) return;
  for (const row of list.children) {
    const was = before.get(row);
    if (!was?.height) continue;
    const is = row.getBoundingClientRect();
    const [dx, dy] = [was.left - is.left, was.top - is.top];
    if (dx || dy) row.animate([{ transform: `translate(${dx}px, ${dy}px)` }, { transform: "none" }], { duration: MOVE_MS, easing: "cubic-bezier(.2, .8, .2, 1)" });
  }
}
