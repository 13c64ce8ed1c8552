/** What a result says, in sentences: who is ahead and by how much, and what is worth
 *  talking about. */

import { words } from "../words.js";
import { optionsById } from "./votable.js";

/** Fewer voters than this and a split says nothing. */
const ENOUGH_TO_SPLIT = 4;
const MANY_NAMES = 4;

/** One sentence: first by how many votes, or who is tied. */
export function verdict(state) {
  const { result, current, phase } = state;
  if (!result) return "";
  const { totals, order } = result;
  if (!current.voters || !order.length) return words.standing.nobody;
  const names = namesIn(state);
  const [first] = order;
  if (first.length > 1) return first.length > MANY_NAMES ? words.standing.tied([...first.slice(0, MANY_NAMES - 1).map(names), "…"], totals[first[0]]) : words.standing.tied(first.map(names), totals[first[0]]);
  const margin = totals[first[0]] - (totals[order[1]?.[0]] ?? 0);
  return (phase === "open" ? words.standing.leads : words.standing.won)(names(first[0]), margin);
}

/** Up to `most` sentences about what stands out beside the winner. */
export function standsOut(state, most = 3) {
  return [...observations(state)].slice(0, most);
}

function* observations(state) {
  const { result, round, current } = state;
  if (!result || !current.voters) return;
  const names = namesIn(state);
  const { totals, order } = result;
  const voters = current.voters;
  const ranked = order.flat();
  if (voters === 1) {
    yield words.standing.oneVoter;
    return;
  }
  if (order[0].length > 1) yield words.standing.tieBreak;
  else if (order[1] && totals[order[0][0]] - totals[order[1][0]] === 1 && order[1].length < 3) yield words.standing.close([order[0][0], ...order[1]].map(names));
  if (round.method === "approval") {
    for (const id of ranked) if (totals[id] === voters) yield words.standing.agreed(names(id), voters);
    if (voters >= ENOUGH_TO_SPLIT) {
      // The option nearest to half and half, if it is near at all.
      const away = (id) => Math.abs(totals[id] / voters - 0.5);
      const nearest = ranked.toSorted((a, b) => away(a) - away(b))[0];
      if (away(nearest) <= 0.1) yield words.standing.split(names(nearest), totals[nearest], voters - totals[nearest]);
    }
  }
  const unloved = ranked.filter((id) => !totals[id]);
  if (unloved.length && unloved.length <= MANY_NAMES) yield words.standing.none(unloved.map(names));
}

function namesIn(state) {
  const options = optionsById(state);
  return (id) => options.get(id)?.name ?? id;
}
