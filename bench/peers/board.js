// The same as board.py, for the peers on Node.
const { OPTIONS, PORT, STORE, TALLIES, TALLY_BYTES } = process.env;

export const port = Number(PORT);
export const store = STORE;
export const tallyPerVote = TALLIES === "per-vote";
const idleMs = 200;

class Board {
  #totals = Object.fromEntries(OPTIONS.split(",").map((option) => [option, 0]));
  #ballots = new Map();
  #padding = "";
  seq = 0;

  constructor() {
    const rest = Number(TALLY_BYTES) - JSON.stringify(this.tally()).length - 13;
    this.#padding = " ".repeat(rest);
  }

  welcome() {
    return { type: "welcome", seq: this.seq };
  }

  vote(client, { id, ballot }) {
    for (const option of this.#ballots.get(client) ?? []) this.#totals[option] -= 1;
    this.#ballots.set(client, ballot.approve);
    for (const option of ballot.approve) this.#totals[option] += 1;
    this.seq += 1;
    return { type: "ack", id, seq: this.seq };
  }

  tally() {
    const result = { totals: this.#totals, evidence: this.#padding };
    const tally = { round: 1, voters: this.#ballots.size, result };
    return { type: "tally", seq: this.seq, tally };
  }
}

export const board = new Board();

export function sendTallyWhenIdle(sendTally) {
  let sent = 0;
  let seen = 0;
  if (tallyPerVote) return;
  setInterval(() => {
    if (seen === board.seq && sent !== seen) {
      sent = seen;
      sendTally();
    }
    seen = board.seq;
  }, idleMs);
}

// Sent before memory is measured.
process.on("SIGUSR2", () => globalThis.gc?.());
