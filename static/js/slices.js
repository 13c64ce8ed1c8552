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
 *  in tasks of their own. Returns what the work returns.
 *
 *  @template Result
 *  @param {Iterator<void, Result>} work
 *  @returns {Promise<Result>}
 */
export async function workInSlices(work) {
  if (performance.now() > until) begin();
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() < until) continue;
    await nextTask();
    begin();
  }
}

/** Does the same without an interruption.
 *
 *  @template Result
 *  @param {Iterator<void, Result>} work
 *  @returns {Result}
 */
export function workAtOnce(work) {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Draws, and draws again for each change. The first drawing is made in slices; what changes
 *  meanwhile comes once more after it, so that what is true last is shown last. Then a change is
 *  shown at once: there is little to do, and what a person does next may rest on it. */
export class Drawing {
  #work;
  #isDrawn = false;
  #isRunning = false;
  #isDue = false;

  /** @param {() => Iterator<void, boolean>} work returns whether there was something to draw */
  constructor(work) {
    this.#work = work;
  }

  update() {
    if (this.#isRunning) this.#isDue = true;
    else if (this.#isDrawn) workAtOnce(this.#work());
    else this.#begin();
  }

  async #begin() {
    this.#isRunning = true;
    try {
      this.#isDrawn = await workInSlices(this.#work());
    } finally {
      this.#isRunning = false;
    }
    if (!this.#isDue) return;
    this.#isDue = false;
    this.update();
  }
}
