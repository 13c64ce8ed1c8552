/** Has the ballot open without a connection, where the browser has service workers: only over HTTPS
 *  or on the server's own machine, and in some private windows not at all. Then nothing changes.
 *
 *  The worker owns what the device keeps; this page tells it what there is to keep. */

import { GONE } from "../board/known_boards.js";
import { snapshotOf } from "../live/snapshot.js";
import { rooted } from "../root.js";

const SAVE_MS = 3_000;

/** @param {LiveBoard} live @param {string} code */
export async function keepOffline(live, code) {
  await registered();
  const registration = await navigator.serviceWorker.ready;
  const { outbox } = live;
  const isHidden = () => document.visibilityState === "hidden";
  /** @type {number | undefined} */
  let saving;
  let lent = "";

  /** @param {string} type @param {object} [content] @param {MessagePort[]} [ports] */
  const tell = (type, content, ports = []) =>
    registration.active?.postMessage({ type, code, ...content }, ports);
  /** The board is gone, or this browser has given its seat away. */
  const isOver = () => live.connection.closeCode === GONE || Boolean(live.state.you?.seat_lost);

  function save() {
    clearTimeout(saving);
    saving = undefined;
    const { state, connection } = live;
    if (!isOver() && state.ready && state.asOf === null && connection.status === "open")
      tell("state", { frame: snapshotOf(state) });
  }

  /** Gives the worker what waits. As long as this page is in sight, the worker leaves it alone. */
  function lend() {
    const { entries, version } = outbox;
    if (version !== lent || (version && isHidden())) tell("outbox", { entries });
    lent = version;
  }

  function changed() {
    if (isOver()) {
      clearTimeout(saving);
      tell("forget");
      return;
    }
    if (live.connection.status !== "open" || lent) lend();
    saving ??= setTimeout(save, SAVE_MS);
  }

  const channel = new MessageChannel();
  channel.port1.onmessage = ({ data }) => live.restore(data.frame, data.at);
  if (document.body.dataset.stored) tell("restore", {}, [channel.port2]);
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  // What is to be forgotten must not come after it.
  if (!isOver()) tell("keep", { files: loaded, since: performance.timeOrigin });
  live.addEventListener("change", changed);
  document.addEventListener("visibilitychange", () => {
    if (!isHidden() || isOver()) return;
    // This page may never be seen again.
    outbox.handOver();
    lend();
    save();
  });
  changed();
}

/** Browsers that demand it are shown that the script is ours. */
function registered() {
  const address = rooted("/worker.js");
  const policy = globalThis.trustedTypes?.createPolicy("worker", {
    createScriptURL: () => address,
  });
  return navigator.serviceWorker.register(policy?.createScriptURL("") ?? address, {
    scope: rooted("/"),
  });
}
