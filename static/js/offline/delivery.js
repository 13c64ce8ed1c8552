/** Sends what pages left in the outbox, in order, when no page is there to do it. */

/** @typedef {import("./device_store.js").OutboxEntry} OutboxEntry */

/** Half of what the server takes from a seat, as in `outbox.js`. */
const PACE_MS = 1_000 / 15;

const RETRYABLE = new Set(["store_away", "going_away"]);

/** What became of a message: `done` (saved, or refused, which the next page tells), `gone` with its
 *  board, or still to be sent. What does not come from the server, such as the page on which one
 *  signs in to a network, says nothing.
 *
 *  @param {any} body of the answer; null if that is no JSON
 *  @returns {"done" | "gone" | "waiting"}
 */
export function outcomeOf(body) {
  if (body?.error?.code === "no_such_board") return "gone";
  if (body?.type === "ack") return "done";
  return body?.type === "refused" && !RETRYABLE.has(body.code) ? "done" : "waiting";
}

/** Rejects if something is left, so that the browser tries again later.
 *
 *  @param {{
 *    all: () => Promise<OutboxEntry[]>,
 *    remove: (id: string) => Promise<void>,
 *    forget: (code: string) => Promise<void>,
 *    isPageInSight: () => Promise<boolean>,
 *    post: (entry: OutboxEntry) => Promise<any>,
 *  }} device
 */
export async function deliver(device) {
  const codes = new Set((await device.all()).map(({ code }) => code));
  const outcomes = await Promise.allSettled([...codes].map((code) => deliverOf(code, device)));
  const failed = outcomes.find(({ status }) => status === "rejected");
  if (failed) throw /** @type {PromiseRejectedResult} */ (failed).reason;
}

/** @param {string} code @param {Parameters<typeof deliver>[0]} device */
async function deliverOf(code, device) {
  for (;;) {
    const entries = (await device.all()).filter((entry) => entry.code === code);
    const [next] = entries.sort((a, b) => a.order - b.order);
    if (!next) return;
    // Asked after reading: what a page in sight puts in, it may still replace by something newer.
    if (await device.isPageInSight()) throw new Error("A page in sight sends it.");
    const outcome = outcomeOf(await device.post(next));
    if (outcome === "waiting") throw new Error("The server has not saved it yet.");
    if (outcome === "gone") {
      await device.forget(code);
      return;
    }
    await device.remove(next.id);
    await new Promise((done) => {
      setTimeout(done, PACE_MS);
    });
  }
}
