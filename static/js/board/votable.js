/** What can stand on a ballot: the board's options, and the line that is no option. */

import { words } from "../words.js";

const FURTHER_DISCUSSION = {
  id: "further-discussion",
  name: words.furtherDiscussion,
  strapline: words.furtherDiscussionStrapline,
  features: [],
  suited_to: "",
  link: "",
  tags: [],
  hue: 268,
};

/** The options to show while this round is on. */
export function shownOptions({ board, round }) {
  return round?.options.includes(FURTHER_DISCUSSION.id) ? [...board.options, FURTHER_DISCUSSION] : board.options;
}

/** A map from id to option, for all that a result or a comment may name. */
export function optionsById({ board }) {
  return new Map([...board.options, FURTHER_DISCUSSION].map((option) => [option.id, option]));
}
