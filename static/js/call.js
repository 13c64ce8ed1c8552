/** Questions to the server beside the live connection. */

import { words } from "./words.js";

/** Asks the server; with `body`, to do something. Rejects with words for a person. */
export async function call(path, body) {
  const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, body ? post : { cache: "no-store" }).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (answer?.ok && said) return said;
  throw new Error(said?.error?.message ?? (body ? words.notConnected : words.notLoaded));
}
