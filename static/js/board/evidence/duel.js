/** The comparison that settled it: two options, and how many ballots prefer which. */

import { element, setHue, setShare } from "../../dom.js";
import { words } from "../../words.js";

const w = words.results;

/** Whom the winner had to beat, by method: in a score round the other one in the run-off, in a
 *  ranking whoever came closest. */
const RIVAL = {
  score: (winner, others) => others[0],
  ranked: (winner, others, pairwise) => others.toSorted((a, b) => margin(pairwise, winner, a) - margin(pairwise, winner, b))[0],
};

const margin = (pairwise, a, b) => (pairwise[a]?.[b] ?? 0) - (pairwise[b]?.[a] ?? 0);

/** The winner and its rival; null where no such comparison settled it, as in a cycle
 *  or in a tie of three. */
export function decidingPair({ round, result, current }) {
  const { order, winners, pairwise } = result ?? {};
  const isBetweenTwo = winners?.length === 1 || winners?.length === 2;
  if (!RIVAL[round?.method] || !pairwise || !isBetweenTwo || !current.voters) return null;
  const [winner] = winners;
  const others = [...winners, ...order.flat()].filter((id) => id !== winner);
  const rival = winners[1] ?? RIVAL[round.method](winner, others, pairwise);
  return rival && margin(pairwise, winner, rival) >= 0 ? [winner, rival] : null;
}

/** Two bars that meet: each as long as its share of the ballots. */
export function duel([a, b], { pairwise }, voters, options) {
  const [forA, forB] = [pairwise[a]?.[b] ?? 0, pairwise[b]?.[a] ?? 0];
  const neither = voters - forA - forB;
  const side = (id, n, name) => {
    const bar = element("div", { className: `duel-side option duel-${name}` }, element("b", { className: "duel-number num", text: String(n) }), element("span", { className: "duel-name", text: options.get(id)?.name ?? id }));
    setHue(bar, options.get(id)?.hue);
    setShare(bar, voters ? n / voters : 0);
    return bar;
  };
  const said = [w.prefer(forA, options.get(a)?.name), w.prefer(forB, options.get(b)?.name), ...(neither ? [w.preferNeither(neither)] : [])].join(", ");
  return element(
    "figure",
    { className: "duel" },
    element("figcaption", { className: "duel-words" }, element("span", { className: "duel-title", text: w.duel }), element("span", { className: "visually-hidden", text: `: ${said}.` }), ...(neither ? [element("span", { className: "soft small", "aria-hidden": "true", text: w.preferNeither(neither) })] : [])),
    element("div", { className: "duel-bars", "aria-hidden": "true" }, side(a, forA, "a"), side(b, forB, "b")),
  );
}
