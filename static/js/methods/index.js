/** The voting methods that this page can show, by the name they have on the wire.
 *
 *  A method says how its ballot is changed and what it says in words. `about` is the round
 *  as this person sees it: `{ round, options, name(id) }`, `options` the ids on the ballot.
 *
 *  `progress(ballot, about)`  a few words for the foot of the page
 *  `describe(ballot, about)`      the whole ballot in sentences, what it leaves open included
 *  `blank(about)`, `blankLabel`    the ballot that says nothing, an answer too, and its button
 *  `hint(about)`                   what to know before voting, where the controls do not say it;
 *                                  marks say it where there is room for words
 *
 *  Either every option has a `control` in its card: `value(ballot, option, about)` is what it
 *  shows, `isSet(value)` whether that is a vote, `changed(ballot, option, value)` the ballot
 *  afterwards, or null when nothing is left on it: then there is no vote. Or all options are
 *  voted on together in a `section`, and `aside(ballot, option)` is said in their cards.
 */

import { approval } from "./approval.js";
import { dots } from "./dots.js";
import { matrix } from "./matrix.js";
import { ranked } from "./ranked.js";
import { score } from "./score.js";
import { single } from "./single.js";

/** @type {Record<string, VotingMethod<any> | undefined>} */
export const methods = { approval, dots, matrix, ranked, score, single };
