/** The switches of the board. Who votes, and whether the host looks ahead, is settled while a
 *  round goes on. */

import { ServerSwitch } from "../server_switch.js";

const SETTLED = new Set(["host_sees_results", "entry"]);

/** @type {Record<string, (settings: Wire.BoardSettings) => boolean>} */
const READ = {
  show_names: (settings) => settings.show_names,
  host_sees_results: (settings) => settings.host_sees_results,
  comments: (settings) => settings.comments === "open",
  proposals: (settings) => settings.proposals === "open",
  criteria_proposals: (settings) => settings.proposals === "criteria",
  entry: (settings) => settings.entry === "invited",
  lobby: (settings) => settings.entry === "admitted",
};

/** @type {Record<string, (on: boolean) => Wire.BoardSettingsChange>} */
const WRITE = {
  show_names: (on) => ({ show_names: on }),
  host_sees_results: (on) => ({ host_sees_results: on }),
  comments: (on) => ({ comments: on ? "open" : "closed" }),
  proposals: (on) => ({ proposals: on ? "open" : "closed" }),
  criteria_proposals: (on) => ({ proposals: on ? "criteria" : "closed" }),
  entry: (on) => ({ entry: on ? "invited" : "open" }),
  lobby: (on) => ({ entry: on ? "admitted" : "open" }),
};

export class Settings {
  #switches;

  /** `set(settings)` asks the server and returns a promise of where it counted.
   *
   *  @param {HTMLElement} root
   *  @param {(settings: Wire.BoardSettingsChange) => Promise<Position>} set
   *  @param {Fail} fail
   */
  constructor(root, set, fail) {
    const inputs = [...root.querySelectorAll("input")];
    this.#switches = new Map(
      inputs.map((input) => [
        input.name,
        new ServerSwitch(input, "board", (on) => set(WRITE[input.name](on)), fail),
      ]),
    );
  }

  /** @param {BoardState} state */
  update(state) {
    const { board, round } = state;
    const isFixed = round !== null && round.state !== "revealed";
    for (const [name, each] of this.#switches) {
      each.update(state, READ[name](board.settings));
      // The lobby can be opened at any time, but not in the place of invitations.
      const isSettled =
        SETTLED.has(name) || (name === "lobby" && board.settings.entry === "invited");
      each.disabled = isSettled && isFixed;
    }
  }
}
