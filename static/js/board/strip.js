/** A histogram small enough to stand in a line: how many ballots at each step. */

import { element } from "../dom.js";

/** Columns for the counts, each as high as its share of the highest; empty ones stay seen. */
export function fillStrip(node, counts) {
  const most = Math.max(1, ...counts);
  while (node.childElementCount > counts.length) node.lastElementChild.remove();
  while (node.childElementCount < counts.length) node.append(element("i"));
  counts.forEach((n, i) => node.children[i].style.setProperty("--share", String(n / most)));
}
