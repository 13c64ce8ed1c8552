/** Always in sight: how far the ballot is, and whether the server has it. Opened, it says the
 *  whole ballot in words: what was sent, when, and how to change it or take it back. */

import { element, parts, setText, show } from "../dom.js";
import { keep, kept } from "../live/storage.js";
import { words } from "../words.js";

const w = words.ballots;

export class Receipt {
  #parts;
  #key;
  #shown = null;
  #hasVoted = false;

  constructor(root, { code, withdraw, none }) {
    this.#parts = parts(root);
    this.#key = `stackvote:${code}:saved`;
    this.#parts.withdraw.addEventListener("click", () => (this.#hasVoted ? withdraw() : none()));
  }

  /** The server has taken a ballot, at a time by the store's clock. */
  saved({ round, ballot }, at) {
    keep(this.#key, { round, ballot: sameText(ballot), at });
  }

  update({ live, voting, about }) {
    const { state, outbox } = live;
    const { ballot, method, isOpen } = voting;
    this.#hasVoted = Boolean(ballot);
    const isWaiting = state.round ? outbox.ballot(state.round.n) !== undefined : false;
    const saved = isWaiting ? waitingFor(live) : ballot ? "saved" : "none";
    this.#parts.saved.dataset.saved = saved;
    setText(this.#parts.saved, saved === "none" ? "" : words[saved]);
    const progress = ballot && method ? method.progress(ballot, about) : "";
    setText(this.#parts.chosen, summary({ state, voting, progress }));
    setText(this.#parts.withdraw, ballot ? words.withdraw : (method?.refuse ?? ""));
    show(this.#parts.withdraw, isOpen && (this.#hasVoted || Boolean(method?.none)));
    this.#tell(state.round ? [...lines({ state, voting, about, saved, at: this.#savedAt(state.round.n, ballot) })] : []);
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
