/** The comparison that settled it: two options, and how many ballots prefer which. */

import { element, setHue, setShare } from "../../dom.js";
import { t } from "../../words.js";

/** Whom the winner had to beat, by method: in a score round the other one in the run-off, in a
 *  ranking the one that came closest.
 *
 *  @type {Record<string, (
 *    winner: string, others: string[], pairwise: Record<string, Record<string, number>>,
 *  ) => string | undefined>}
 */
const RIVAL = {
  score: (_, others) => others[0],
  ranked: (winner, others, pairwise) =>
    [...others].sort((a, b) => margin(pairwise, winner, a) - margin(pairwise, winner, b))[0],
};

/** @param {Record<string, Record<string, number>>} pairwise @param {string} a @param {string} b */
const margin = (pairwise, a, b) => (pairwise[a]?.[b] ?? 0) - (pairwise[b]?.[a] ?? 0);

/** The winner and its rival; null where no such comparison settled it, as in a cycle
 *  or in a tie of three.
 *
 *  @param {Pick<BoardState, "round" | "result" | "current">} of
 *  @returns {[string, string] | null}
 */
export function decidingPair({ round, result, current }) {
  if (!round || !result || !current?.voters) return null;
  const { order, winners, pairwise } = result;
  const isBetweenTwo = winners.length === 1 || winners.length === 2;
  if (!(round.method in RIVAL) || !pairwise || !isBetweenTwo) return null;
  const [winner] = winners;
  const others = [...winners, ...order.flat()].filter((id) => id !== winner);
  const rival = winners[1] ?? RIVAL[round.method](winner, others, pairwise);
  return rival && margin(pairwise, winner, rival) >= 0 ? [winner, rival] : null;
}

/** Two bars that meet: each as long as its share of the ballots.
 *
 *  @param {[string, string]} of
 *  @param {Wire.Result} of
 *  @param {number} voters
 *  @param {Options} options
 */
export function duel([a, b], { pairwise = {} }, voters, options) {
  const [forA, forB] = [pairwise[a]?.[b] ?? 0, pairwise[b]?.[a] ?? 0];
  const neither = voters - forA - forB;
  /** @param {string} id @param {number} n @param {string} name */
  const side = (id, n, name) => {
    const bar = element(
      "div",
      { className: `duel-side option duel-${name}` },
      element("b", { className: "duel-number num", text: String(n) }),
      element("span", { className: "duel-name", text: options.get(id)?.name ?? id }),
    );
    setHue(bar, options.get(id)?.hue);
    setShare(bar, voters ? n / voters : 0);
    return bar;
  };
  const sides = {
    first: options.get(a)?.name ?? a,
    first_for: forA,
    second: options.get(b)?.name ?? b,
    second_for: forB,
  };
  const said = neither
    ? t("evidence-duel-said-neither", { ...sides, neither })
    : t("evidence-duel-said", sides);
  return element(
    "figure",
    { className: "duel" },
    element(
      "figcaption",
      { className: "duel-words" },
      element("span", { className: "duel-title", text: t("evidence-duel") }),
      element("span", { className: "visually-hidden", text: said }),
      ...(neither
        ? [
            element("span", {
              className: "soft small",
              "aria-hidden": "true",
              text: t("evidence-duel-neither", { n: neither }),
            }),
          ]
        : []),
    ),
    element(
      "div",
      { className: "duel-bars", "aria-hidden": "true" },
      side(a, forA, "a"),
      side(b, forB, "b"),
    ),
  );
}
