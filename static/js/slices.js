/** Long work in slices, between which the page reacts to people, and draws. */

/** How long a slice lasts, in ms; a phone with much to do needs several times that. */
const SLICE_MS = 4;

/** When the slice ends that has begun last. */
let until = 0;

function begin() {
  until = performance.now() + SLICE_MS;
}

/** Resolves in a task of its own.
 *
 *  @returns {Promise<void>}
 */
export function nextTask() {
  const { scheduler } = /** @type {{ scheduler?: { yield?: () => Promise<void> } }} */ (globalThis);
  if (scheduler?.yield) return scheduler.yield();
  // Timers of a page that is not seen wait for a second each, messages do not.
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Does work that yields wherever it can be interrupted: what fits into a slice at once, the rest
 *  in tasks of their own.
 *
 *  @param {Iterator<void>} work
 */
export async function workInSlices(work) {
  if (performance.now() > until) begin();
  while (!work.next().done) {
    if (performance.now() < until) continue;
    await nextTask();
    begin();
  }
}

/** Work that is done again for each change. What changes while it is under way has it done once
 *  more from the start, so that it always ends with what is true last. */
export class Repeated {
  #work;
  #isDue = false;
  #isRunning = false;

  /** @param {() => Iterator<void>} work */
  constructor(work) {
    this.#work = work;
  }

  async run() {
    this.#isDue = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (this.#isDue) {
        this.#isDue = false;
        await workInSlices(this.#work());
      }
    } finally {
      this.#isRunning = false;
    }
  }
}
