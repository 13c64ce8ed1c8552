/** A meeting of several questions: this page goes to the question at which the meeting is. */

import { setText, show } from "../dom.js";
import { GONE } from "./known_boards.js";
import { t } from "../words.js";

/** Phones of a large room do not all ask for the next page at the same moment. */
const SPREAD_MS = 4;
const MOST_SPREAD_MS = 3_000;
/** A process that is a moment behind may send the same page again. */
const PAUSE_MS = 150;

/** The code of the meeting's leading board, which has the hosts, invitations and the QR code; the
 *  board's own where there is no meeting.
 */
export const leadCode = () => document.body.dataset.lead ?? "";

/** The place of the meeting in words, such as *Question 2 of 3*.
 *
 *  @param {Wire.MeetingView} meeting
 */
export const placeWords = ({ n, of, ended, questions }) =>
  ended ? t("questions-over", { n: questions.length }) : t("questions-place", { n, of });

export class Meeting {
  #live;
  #parts;
  #isGoing = false;

  /** @param {LiveBoard} live @param {Parts} page */
  constructor(live, page) {
    this.#live = live;
    this.#parts = page;
  }

  /** Called with each change; also while the board of the question is gone.
   *
   *  @param {BoardState} state
   */
  update(state) {
    const { meeting, ready } = state;
    const { "meeting-words": line } = this.#parts;
    if (ready) show(line, meeting !== null);
    if (meeting) setText(line, placeWords(meeting));
    if (!this.#isElsewhere(state)) return;
    const isWriting = this.#isWriting();
    show(this.#parts["meeting-moved"], isWriting);
    // What was done here is sent first, and a sentence can be finished.
    if (isWriting || this.#live.outbox.version || this.#isGoing) return;
    const most = Math.min(MOST_SPREAD_MS, SPREAD_MS * (state.people?.here ?? 0));
    this.#isGoing = true;
    setTimeout(() => this.#go(), PAUSE_MS + Math.random() * most);
  }

  /** @param {BoardState} state */
  #isElsewhere({ meeting, ready, asOf }) {
    const { follows, at, code, lead } = document.body.dataset;
    if (follows !== "1") return false;
    // Where the board of a question is gone, the leading board shows what is next.
    if (this.#live.connection.closeCode === GONE) return code !== lead;
    return ready && asOf === null && (meeting?.current ?? lead) !== at;
  }

  #isWriting() {
    if (document.querySelector("dialog[open]")) return true;
    const field = /** @type {HTMLTextAreaElement | null} */ (document.activeElement);
    if (!field?.matches("main textarea, main input:not([type]), main input[type=text]"))
      return false;
    if (field.value.trim() === "") return false;
    field.addEventListener("blur", () => this.update(this.#live.state), { once: true });
    return true;
  }

  #go() {
    this.#isGoing = false;
    if (this.#isElsewhere(this.#live.state)) location.reload();
  }
}
