/** What of a browser the tested scripts use: a test has the one it asks for, and a clock of its
 *  own, which stands until the test lets it go on. */

/** A window and its storage. */
export function browser() {
  const values = new Map();
  globalThis.window = new EventTarget();
  globalThis.localStorage = {
    get length() {
      return values.size;
    },
    key: (n) => [...values.keys()][n] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, String(value)),
    removeItem: (key) => void values.delete(key),
  };
  return {
    values,
    /** Another tab of the same browser takes a key out. */
    removeInOtherTab(key) {
      values.delete(key);
      const event = Object.assign(new Event("storage"), { key, newValue: null });
      globalThis.window.dispatchEvent(event);
    },
  };
}

/** A clock for `Date.now`, `performance.now` and `setTimeout`. */
export function standingClock(now = 1_000_000) {
  let wall = now;
  let passed = 0;
  let timers = [];
  Date.now = () => wall;
  Object.defineProperty(performance, "now", { configurable: true, value: () => passed });
  globalThis.setTimeout = (act, ms = 0) => {
    const timer = { act, at: passed + ms };
    timers.push(timer);
    return timer;
  };
  globalThis.clearTimeout = (timer) => {
    timers = timers.filter((each) => each !== timer);
  };
  return {
    /** Lets time pass; what falls due meanwhile is done in its order. */
    tick(ms) {
      const until = passed + ms;
      for (;;) {
        const due = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        wall += due.at - passed;
        passed = due.at;
        timers = timers.filter((each) => each !== due);
        due.act();
      }
      wall += until - passed;
      passed = until;
    },
    /** Somebody sets the clock of the device. */
    set(to) {
      wall = to;
    },
  };
}
