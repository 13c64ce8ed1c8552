/** The switches of the board. Who votes, and whether the host looks ahead, is settled while a
 *  round goes on. */

import { Switch } from "../switch.js";

const SETTLED = new Set(["host_sees_results", "entry"]);

const READ = {
  show_names: (settings) => settings.show_names,
  host_sees_results: (settings) => settings.host_sees_results,
  comments: (settings) => settings.comments === "open",
  entry: (settings) => settings.entry === "invited",
  door: (settings) => settings.entry === "admitted",
};

const WRITE = {
  show_names: (on) => ({ show_names: on }),
  host_sees_results: (on) => ({ host_sees_results: on }),
  comments: (on) => ({ comments: on ? "open" : "closed" }),
  entry: (on) => ({ entry: on ? "invited" : "open" }),
  door: (on) => ({ entry: on ? "admitted" : "open" }),
};

export class Settings {
  #switches;

  /** `set(settings)` asks the server and returns a promise of where it counted. */
  constructor(root, set, fail) {
    const inputs = [...root.querySelectorAll("input")];
    this.#switches = new Map(inputs.map((input) => [input.name, new Switch(input, "board", (on) => set(WRITE[input.name](on)), fail)]));
  }

  update(state) {
    const { board, round } = state;
    const isFixed = Boolean(round) && round.state !== "revealed";
    for (const [name, each] of this.#switches) {
      each.update(state, READ[name](board.settings));
      // The door can be closed at any time, but not in the place of invitations.
      const isSettled = SETTLED.has(name) || (name === "door" && board.settings.entry === "invited");
      each.disabled = isSettled && isFixed;
    }
  }
}
