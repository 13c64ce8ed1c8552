/** Which boards this device keeps. Each page has a cache of its own, with all files that it loads,
 *  so that a page goes as a whole and is of one version. */

/** @typedef {import("./device_store.js").DeviceStore} DeviceStore */
/** @typedef {import("./device_store.js").StoredPage} StoredPage */

const MOST = 12;
const LONGEST_MS = 30 * 86_400_000;

/** @param {string} path */
export const cacheOf = (path) => `stackvote ${path}`;

/** The pages that are too many, or too old.
 *
 *  @param {StoredPage[]} pages
 *  @param {number} now
 */
export const outdated = (pages, now) =>
  [...pages]
    .sort((a, b) => b.at - a.at)
    .filter(({ at }, place) => place >= MOST || now - at > LONGEST_MS);

/** Removes a page and the state of its board.
 *
 *  @param {DeviceStore} store
 *  @param {string} path
 */
export async function forgetPage(store, path) {
  const page = /** @type {StoredPage | undefined} */ (await store.get("pages", path));
  await caches.delete(cacheOf(path));
  await store.remove("pages", path);
  if (page) await store.remove("states", page.code);
}

/** Removes all that this device keeps of a board.
 *
 *  @param {DeviceStore} store
 *  @param {string} code
 */
export async function forgetBoard(store, code) {
  for (const page of /** @type {StoredPage[]} */ (await store.all("pages")))
    if (page.code === code) await forgetPage(store, page.path);
  await store.remove("states", code);
  await store.replaceOutbox(code, []);
}

/** Removes what is outdated, and states that no page shows any more.
 *
 *  @param {DeviceStore} store
 *  @param {number} now
 */
export async function prune(store, now) {
  for (const { path } of outdated(await store.all("pages"), now)) await forgetPage(store, path);
  const shown = new Set((await store.all("pages")).map(({ code }) => code));
  for (const { code } of await store.all("states"))
    if (!shown.has(code)) await store.remove("states", code);
}
