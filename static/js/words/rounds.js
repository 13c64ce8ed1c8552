/** What is said of several rounds beside each other. */

import { count } from "./grammar.js";

export const rounds = {
  caption: "All rounds beside each other",
  option: "Option",
  head: (n) => `Round ${n}`,
  voted: (n) => `${n} voted`,
  hidden: "hidden",
  notOn: "not on the ballot",
  place: (place, isTied) => (isTied ? `${place}=` : `${place}.`),
  up: (n) => `▲ ${n}`,
  down: (n) => `▼ ${n}`,
  same: "=",
  upWords: (n, since) => `up ${count(n, "place", "places")} since round ${since}`,
  downWords: (n, since) => `down ${count(n, "place", "places")} since round ${since}`,
  gift: (name, n) => `${name} ${n}`,
  blank: "none of them",
  sameWords: (since) => `the same place as in round ${since}`,
};
