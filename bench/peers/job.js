// The same as job.py, for the peers on Node.
const { OPTIONS, PORT, SHOW, STORE, TALLY_BYTES } = process.env;

export const port = Number(PORT);
export const store = STORE;
export const showsEach = SHOW === "each";
const quiet = 200;

class Board {
  #totals = Object.fromEntries(OPTIONS.split(",").map((option) => [option, 0]));
  #ballots = new Map();
  #filling = "";
  seq = 0;

  constructor() {
    const rest = Number(TALLY_BYTES) - JSON.stringify(this.tally()).length - 13;
    this.#filling = " ".repeat(rest);
  }

  welcome() {
    return { type: "welcome", seq: this.seq };
  }

  vote(person, { id, ballot }) {
    for (const option of this.#ballots.get(person) ?? []) this.#totals[option] -= 1;
    this.#ballots.set(person, ballot.approve);
    for (const option of ballot.approve) this.#totals[option] += 1;
    this.seq += 1;
    return { type: "ack", id, seq: this.seq };
  }

  tally() {
    const result = { totals: this.#totals, evidence: this.#filling };
    const tally = { round: 1, voters: this.#ballots.size, result };
    return { type: "tally", seq: this.seq, tally };
  }
}

export const board = new Board();

export function showWhenQuiet(show) {
  let shown = 0;
  let seen = 0;
  if (showsEach) return;
  setInterval(() => {
    if (seen === board.seq && shown !== seen) {
      shown = seen;
      show();
    }
    seen = board.seq;
  }, quiet);
}

// Whoever measures memory asks for garbage to be collected first.
process.on("SIGUSR2", () => globalThis.gc?.());
