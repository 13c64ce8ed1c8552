/** Requests to the HTTP API. */

import { rooted } from "./root.js";
import { t } from "./words.js";

/** Between two tries to read what this page knows of, and the process that answers not yet. */
const RETRY_MS = 500;
const MOST_TRIES = 6;

/** Sends a GET request, or with `body` a POST. Rejects with a message for the user.
 *
 *  @param {string} path
 *  @param {object} [body]
 *  @returns {Promise<any>}
 */
export async function callApi(path, body) {
  const post = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await fetch(rooted(path), body ? post : { cache: "no-store" }).catch(() => null);
  const answered = await answer?.json().catch(() => null);
  if (answer?.ok && answered) return answered;
  throw new Error(answered?.error?.message ?? t(body ? "line-not-connected" : "line-not-loaded"));
}

/** Reads a path until the answer is as new as the page: another process may answer, and be a
 *  moment behind. Rejects as `callApi` does.
 *
 *  @param {string} path
 *  @param {(answer: any) => boolean} isNew
 *  @returns {Promise<any>}
 */
export async function callApiUntil(path, isNew) {
  for (let tries = 1; ; tries += 1) {
    const answer = await callApi(path);
    if (isNew(answer) || tries === MOST_TRIES) return answer;
    await new Promise((resolve) => {
      setTimeout(resolve, RETRY_MS);
    });
  }
}
