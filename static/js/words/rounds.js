/** What is said of several rounds beside each other. */

import { count } from "./grammar.js";
import { results } from "./results.js";

export const rounds = {
  caption: "All rounds beside each other",
  option: "Option",
  head: (n) => `Round ${n}`,
  voted: (n) => `${n} voted`,
  hidden: "hidden",
  notOn: "not on the ballot",
  place: results.rank,
  up: (n) => `▲ ${n}`,
  down: (n) => `▼ ${n}`,
  same: "=",
  upWords: (n, since) => `up ${count(n, "place", "places")} since round ${since}`,
  downWords: (n, since) => `down ${count(n, "place", "places")} since round ${since}`,
  sameWords: (since) => `the same place as in round ${since}`,
  whoVoted: (n) => `Who voted what in round ${n}`,
  blank: "none of them",
};
