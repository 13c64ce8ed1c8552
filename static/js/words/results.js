/** What a result says. */

import { count } from "./grammar.js";

export const results = {
  leads: "leads",
  wins: "first",
  tied: "tied",
  rank: (place, isTied) => `${place}${isTied ? "=" : ""}`,
  noRank: "–",
  number: (n) => String(n),
  score: (n) => String(Math.round(n * 100) / 100),
  weighted: (n) => n.toFixed(2),
  percent: (share) => `${Math.round(share * 100)} %`,
  mean: (mean) => `⌀ ${mean.toFixed(1)}`,
  ofMost: (most) => `of ${most}`,
  heads: { single: "Votes", approval: "Approvals", dots: "Dots", score: "Points", ranked: "Wins", matrix: "Weighted mean" },
  ofVoters: (total, voters) => `${total} of ${count(voters, "voter", "voters")}`,
  inCards: {
    dots: (total) => count(total, "dot", "dots"),
    score: (total, mean) => (mean === null ? count(total, "point", "points") : `${count(total, "point", "points")}, mean ${mean.toFixed(1)}`),
    ranked: (total, most) => `beats ${total} of ${most}`,
    matrix: (total) => `weighted mean ${total.toFixed(2)}`,
  },

  agreement: { agreed: "agreed", mixed: "mixed", split: "split" },
  agreementOf: (word, a) => `${word} ${a < 0 ? "−" : ""}${Math.abs(a).toFixed(2)}`,
  isSplit: "split",

  spread: "How the ballots spread",
  spreadNote: "Agreement runs from −1 (split into two camps) to 1 (all alike).",
  spreadCaption: { score: "Ballots by score", matrix: "Ballots by mean score", dots: "Ballots by dots given", ranked: "Ballots by rank given" },
  option: "Option",
  noOpinionHead: "No opinion",
  unranked: "out",

  duel: "The deciding comparison",
  prefer: (n, name) => `${count(n, "ballot prefers", "ballots prefer")} ${name}`,
  preferNeither: (n) => `${count(n, "ballot", "ballots")} without a preference`,

  byCriterion: "Criterion by criterion",
  byCriterionNote: "The mean score in each; together, each by its weight, they make the weighted mean.",
  byCriterionCaption: "Mean scores by option and criterion",
  weighs: (share) => `${Math.round(share * 100)} %`,
  headToHead: "Head to head",
  headToHeadNote: "Each row: how many ballots prefer its option to the one of the column. Marked with ✓ where they are more than the other way round.",
  headToHeadCaption: "How many ballots prefer the option of the row to that of the column",
  runOff: "Instant run-off, round by round",
  runOffNote: "The weakest drops out, its ballots pass to their next choice.",
  runOffRound: (n) => `Round ${n}`,
  out: "out",
  beside: "Other ways of counting the same ballots",
  besideNames: { copeland: "Copeland", borda: "Borda", instant_runoff: "Instant run-off" },
  besideWhat: { copeland: "most head-to-head wins", borda: "points by rank", instant_runoff: "the weakest drops out, again and again" },
  besideSame: "the same winner",
  besideOther: "another winner",
  steps: "How this was counted",
};
