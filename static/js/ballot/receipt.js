/** Always in sight: how far the ballot is, and whether the server has it. Opened, it says the
 *  whole ballot in words: what was sent, when, and how to change it or take it back.
 *
 *  It also remembers what the server had: a store that was restored from an older copy, or failed
 *  over, may have lost a ballot that it took. Then its voter is told. */

import { element, parts, setText, show } from "../dom.js";
import { forget, keep, kept } from "../live/storage.js";
import { words } from "../words.js";

const w = words.ballots;

export class Receipt {
  #parts;
  #key;
  #shown = null;
  #hasVoted = false;
  #lost;

  /** `lost()` is called where a ballot that was saved is not what the server has any more. */
  constructor(root, { code, withdraw, none, lost }) {
    this.#parts = parts(root);
    this.#lost = lost;
    this.#key = `stackvote:${code}:saved`;
    this.#parts.withdraw.addEventListener("click", () => (this.#hasVoted ? withdraw() : none()));
  }

  /** The server has taken a ballot, or that there is none, at a time by the store's clock; in
   *  which history of the board, `epoch` says. */
  saved({ round, ballot = null }, at, epoch) {
    if (ballot) keep(this.#key, { round, ballot: sameText(ballot), at, epoch });
    else forget(this.#key);
  }

  update({ live, voting, about }) {
    const { state, outbox } = live;
    const { ballot, method, isOpen } = voting;
    this.#hasVoted = Boolean(ballot);
    const isWaiting = state.round ? outbox.ballot(state.round.n) !== undefined : false;
    if (!isWaiting) this.#compare(state);
    const saved = isWaiting ? waitingFor(live) : ballot ? "saved" : "none";
    this.#parts.saved.dataset.saved = saved;
    setText(this.#parts.saved, saved === "none" ? "" : words[saved]);
    const progress = ballot && method ? method.progress(ballot, about) : "";
    setText(this.#parts.chosen, summary({ state, voting, progress }));
    setText(this.#parts.withdraw, ballot ? words.withdraw : (method?.refuse ?? ""));
    show(this.#parts.withdraw, isOpen && (this.#hasVoted || Boolean(method?.none)));
    this.#tell(state.round ? [...lines({ state, voting, about, saved, at: this.#savedAt(state.round.n, ballot) })] : []);
  }

  /** Holds what the server had against what it has. Within one history only another page of this
   *  seat can have changed it. */
  #compare({ round, ballot, epoch }) {
    const known = kept(this.#key);
    const n = round?.n ?? 0;
    if (!known?.epoch || n > known.round) return;
    const now = n === known.round && ballot ? sameText(ballot) : null;
    if (now === known.ballot && epoch === known.epoch) return;
    if (now === null) forget(this.#key);
    else keep(this.#key, { ...known, epoch, ballot: now, at: now === known.ballot ? known.at : null });
    if (now !== known.ballot && epoch !== known.epoch) this.#lost();
  }

  /** Known where this browser sent it; another of the seat's tabs knows it too. */
  #savedAt(round, ballot) {
    const known = kept(this.#key);
    return known?.round === round && known.ballot === sameText(ballot) ? known.at : null;
  }

  #tell(said) {
    if (this.#shown === (this.#shown = JSON.stringify(said))) return;
    this.#parts.receipt.replaceChildren(...said.map(([className, text]) => element("p", { className, text })));
  }
}

/** The same text for the same ballot: the server may name options in another order. */
function sameText(part) {
  if (Array.isArray(part)) {
    const parts = part.map(sameText);
    return `[${part.every((one) => typeof one === "string") ? parts.sort() : parts}]`;
  }
  if (part === null || typeof part !== "object") return JSON.stringify(part);
  return `{${Object.keys(part).sort().map((key) => `${key}:${sameText(part[key])}`)}}`;
}

function summary({ state, voting, progress }) {
  if (!state.round) return words.notOpen;
  if (!voting.method) return w.unknownMethod;
  if (!state.you.votes) return state.you.waits ? w.waiting : w.watching;
  if (!voting.ballot) return state.acceptsVotes ? w.nothingYet : words.votingClosed;
  return state.acceptsVotes ? progress : `${words.votingClosed} · ${progress}`;
}

function* lines({ state, voting, about, saved, at }) {
  const { ballot, method, isOpen } = voting;
  if (!ballot || !method) {
    yield ["soft", isOpen ? w.howTo : state.you.votes ? w.closedNothing : w.watchingHow];
    return;
  }
  for (const text of method.said(ballot, about)) yield ["", text];
  const when = saved !== "saved" ? w.notSavedYet : at ? w.savedAt(asTime(at)) : w.savedEarlier;
  yield ["soft", `${when} ${isOpen ? w.change : w.closed}`];
}

const asTime = (at) => new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(at);

function waitingFor({ line, state }) {
  if (line.status !== "open") return "willSend";
  return state.store === "away" ? "storeWillSend" : "sending";
}
