/** The switches of the board. A switch shows what the server holds, so a refused change
 *  goes back by itself. Who votes, and whether the host looks ahead, is settled while a round
 *  goes on. */

const SETTLED = new Set(["host_sees_results", "entry"]);

const READ = {
  show_names: (settings) => settings.show_names,
  host_sees_results: (settings) => settings.host_sees_results,
  comments: (settings) => settings.comments === "open",
  entry: (settings) => settings.entry === "invited",
};

const WRITE = {
  show_names: (on) => ({ show_names: on }),
  host_sees_results: (on) => ({ host_sees_results: on }),
  comments: (on) => ({ comments: on ? "open" : "closed" }),
  entry: (on) => ({ entry: on ? "invited" : "open" }),
};

export class Settings {
  #inputs;
  #settings = null;
  #isFixed = true;

  /** `set(settings)` asks the server and returns a promise. */
  constructor(root, set, fail) {
    this.#inputs = [...root.querySelectorAll("input")];
    for (const input of this.#inputs) {
      input.addEventListener("change", async () => {
        try {
          await set(WRITE[input.name](input.checked));
        } catch (refusal) {
          this.#show();
          fail(refusal.message);
        }
      });
    }
  }

  update({ board, round }) {
    this.#settings = board.settings;
    this.#isFixed = Boolean(round) && round.state !== "revealed";
    this.#show();
  }

  #show() {
    for (const input of this.#inputs) {
      input.checked = READ[input.name](this.#settings);
      input.disabled = SETTLED.has(input.name) && this.#isFixed;
    }
  }
}
