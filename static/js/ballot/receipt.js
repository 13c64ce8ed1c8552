/** Always in sight: how far the ballot is, and whether the server has it. Opened, it says the
 *  whole ballot in words: what was sent, when, and how to change it or take it back.
 *
 *  It also remembers what the server had: a store that was restored from an older copy, or failed
 *  over, may have lost a ballot that it accepted. Then the voter gets a notice. */

import { element, keepFocus, setText, show } from "../dom.js";
import { load, remove, save } from "../live/storage.js";
import { dateFormat, t } from "../words.js";

export class Receipt {
  #parts;
  #key;
  /** @type {string | null} */
  #shown = null;
  #hasVoted = false;
  #lost;

  /** `lost()` is called where a ballot that was saved is not what the server has any more.
   *
   *  @param {Parts} page
   *  @param {{ code: string, withdraw: () => void, none: () => void, lost: () => void }} of
   */
  constructor(page, { code, withdraw, none, lost }) {
    this.#parts = page;
    this.#lost = lost;
    this.#key = `stackvote:${code}:saved`;
    this.#parts.withdraw.addEventListener("click", () => (this.#hasVoted ? withdraw() : none()));
  }

  /** The server has taken a ballot, or that there is none, at a time by the store's clock; in
   *  which history of the board, `epoch` says.
   *
   *  @param {{ round: number, ballot?: Ballot | null }} of
   *  @param {number} at
   *  @param {string | null} epoch
   */
  saved({ round, ballot = null }, at, epoch) {
    if (ballot) save(this.#key, { round, ballot: sameText(ballot), at, epoch });
    else remove(this.#key);
  }

  /** @param {{ live: LiveBoard, voting: Voting, about: RoundContext }} of */
  update({ live, voting, about }) {
    const { state, outbox } = live;
    const { ballot, method, isOpen } = voting;
    this.#hasVoted = Boolean(ballot);
    const isWaiting = state.round ? outbox.ballot(state.round.n) !== undefined : false;
    if (!isWaiting && state.asOf === null) this.#compare(state);
    const saved = isWaiting ? waitingFor(live) : ballot ? "saved" : "none";
    this.#parts.saved.dataset.saved = saved;
    setText(this.#parts.saved, saved === "none" ? "" : t("ballot-saved", { state: saved }));
    const progress = ballot && method ? method.progress(ballot, about) : "";
    setText(this.#parts.chosen, summary({ state, voting, progress }));
    setText(this.#parts.withdraw, ballot ? t("receipt-withdraw") : (method?.blankLabel ?? ""));
    const { withdraw } = this.#parts;
    keepFocus(
      withdraw,
      () => show(withdraw, isOpen && (this.#hasVoted || Boolean(method?.blank))),
      this.#parts.receipt.previousElementSibling,
    );
    this.#show(
      state.round
        ? [...lines({ state, voting, about, saved, at: this.#savedAt(state.round.n, ballot) })]
        : [],
    );
  }

  /** Holds what the server had against what it has. Within one history only another page of this
   *  seat can have changed it.
   *
   *  @param {BoardState} of
   */
  #compare({ round, ballot, epoch }) {
    const known = load(this.#key);
    const n = round?.n ?? 0;
    if (!known?.epoch || n > known.round) return;
    const now = n === known.round && ballot ? sameText(ballot) : null;
    if (now === known.ballot && epoch === known.epoch) return;
    if (now === null) remove(this.#key);
    else
      save(this.#key, { ...known, epoch, ballot: now, at: now === known.ballot ? known.at : null });
    if (now !== known.ballot && epoch !== known.epoch) this.#lost();
  }

  /** Known where this browser sent it; another of the seat's tabs knows it too.
   *
   *  @param {number} round
   *  @param {Ballot | null} ballot
   */
  #savedAt(round, ballot) {
    const known = load(this.#key);
    return known?.round === round && known.ballot === sameText(ballot) ? known.at : null;
  }

  /** @param {[string, string][]} said */
  #show(said) {
    if (this.#shown === (this.#shown = JSON.stringify(said))) return;
    this.#parts.receipt.replaceChildren(
      ...said.map(([className, text]) => element("p", { className, text })),
    );
  }
}

/** The same text for the same ballot: the server may name options in another order.
 *  @returns {string}
 *
 *  @param {any} part
 */
function sameText(part) {
  if (Array.isArray(part)) {
    const items = /** @type {any[]} */ (part).map(sameText);
    return `[${part.every((one) => typeof one === "string") ? items.sort() : items}]`;
  }
  if (part === null || typeof part !== "object") return JSON.stringify(part);
  return `{${Object.keys(part)
    .sort()
    .map((key) => `${key}:${sameText(part[key])}`)}}`;
}

/** @param {{ state: BoardState, voting: Voting, progress: string }} of */
function summary({ state, voting, progress }) {
  if (!state.round) return t("ballot-not-open");
  if (!voting.method) return t("ballot-unknown-method");
  if (state.isSeatless) return t("you-seatless");
  if (state.isRevealing) return t("board-phase", { phase: "revealing" });
  if (!state.you.votes) return t(state.you.waits ? "you-waiting" : "you-watching");
  if (!voting.ballot) return t(state.acceptsVotes ? "ballot-nothing-yet" : "ballot-closed");
  return state.acceptsVotes ? progress : t("ballot-closed-progress", { progress });
}

/**
 *  @param {{
 *    state: BoardState, voting: Voting, about: RoundContext, saved: string, at: number | null,
 *  }} of
 *  @returns {Generator<[string, string]>}
 */
function* lines({ state, voting, about, saved, at }) {
  const { ballot, method, isOpen } = voting;
  if (!ballot || !method) {
    yield ["soft", isOpen ? t("ballot-how-to") : whyClosed(state)];
    return;
  }
  for (const text of method.describe(ballot, about)) yield ["", text];
  yield [
    "soft",
    t(isOpen ? "ballot-receipt" : "ballot-receipt-closed", {
      saved: saved !== "saved" ? "no" : at ? "at" : "earlier",
      time: at ? asTime(at) : "",
    }),
  ];
}

/** @param {BoardState} state */
function whyClosed(state) {
  if (state.isSeatless) return t("you-seatless-how");
  return state.you.votes ? t("ballot-closed-nothing") : t("you-watching-how");
}

/** @param {number} at */
const asTime = (at) => dateFormat({ timeStyle: "short" }).format(at);

/** @param {LiveBoard} of */
function waitingFor({ connection, state }) {
  if (connection.status !== "open") return "willSend";
  return state.store === "away" ? "storeWillSend" : "sending";
}
