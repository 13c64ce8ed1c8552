/** The service worker. While there is a connection, every page comes from the server. Without one,
 *  a ballot that this browser has opened, and the start page, come as they were stored, with the
 *  files that they load. All other addresses are left alone. */

import { deliver } from "./delivery.js";
import { DeviceStore } from "./device_store.js";
import { codeOf, filesOf, isStatic, keptPath, stamped, versionOf } from "./documents.js";
import { cacheOf, forgetBoard, forgetPage, prune } from "./kept.js";

/** The types are those of a page.
 *  @type {any} */
const worker = self;
/** @type {ServiceWorkerRegistration} */
const registration = worker.registration;
const root = new URL(registration.scope).pathname.replace(/\/$/, "");
const store = new DeviceStore(root);
/** The tag of the event with which the browser wakes this worker when there is a connection. */
const TAG = "outbox";

worker.addEventListener("install", () => worker.skipWaiting());

worker.addEventListener("activate", (/** @type {any} */ event) => {
  const { navigationPreload } = registration;
  event.waitUntil(Promise.all([worker.clients.claim(), navigationPreload?.enable()]));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET" || new URL(url).origin !== worker.location.origin) return;
  const path = mode === "navigate" ? keptPath(url, root) : null;
  if (path) event.respondWith(pageFor(event, path));
  else if (isStatic(new URL(url).pathname)) event.respondWith(fileFor(event));
});

worker.addEventListener("message", (/** @type {any} */ event) => {
  const path = keptPath(event.source.url, root);
  const act = TOLD[event.data.type];
  if (path && act) event.waitUntil(act(event.data, { path, event }).catch(() => {}));
});

/** What a page tells: each by its type.
 *
 *  @type {Record<string, (told: any, of: { path: string, event: any }) => Promise<void>>}
 */
const TOLD = {
  /** Which files it has loaded, and since when it is open. */
  keep: ({ files, since }, { path }) => keep(path, files, since),
  state: ({ code, frame }) => store.put("states", { code, frame, at: Date.now() }),
  restore: async ({ code }, { event }) => {
    const known = await store.get("states", code);
    if (known) event.ports[0].postMessage(known);
  },
  outbox: async ({ code, entries }) => {
    await store.replaceOutbox(code, entries);
    // Where the browser lacks it, the next page sends them.
    if (entries.length) await registration.sync?.register(TAG);
  },
  forget: async ({ code }, { path }) => {
    await forgetBoard(store, code);
    await forgetPage(store, path);
  },
};

worker.addEventListener("sync", (/** @type {any} */ event) =>
  event.waitUntil(
    deliver({
      all: () => store.all("outbox"),
      remove: (id) => store.remove("outbox", id),
      forget: (code) => forgetBoard(store, code),
      isPageInSight,
      post,
    }),
  ),
);

/** The server's answer, whatever it is; without one, the page as it was stored.
 *
 *  @param {any} event
 *  @param {string} path
 */
async function pageFor(event, path) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    event.waitUntil(take(path, answer.clone()).catch(() => {}));
    return answer;
  } catch {
    return (await stored(path)) ?? Response.error();
  }
}

/** Stores a page that the server gave, or forgets one that is gone.
 *
 *  @param {string} path
 *  @param {Response} answer
 */
async function take(path, answer) {
  if (answer.status === 404 || answer.status === 410) await forgetPage(store, path);
  if (answer.status !== 200 || answer.redirected) return;
  const html = await answer.text();
  const code = codeOf(html);
  if (!code && path !== `${root}/`) return;
  const files = filesOf(html);
  const cache = await caches.open(cacheOf(path));
  await hold(cache, files);
  const at = Date.now();
  const { headers } = answer;
  await cache.put(path, new Response(stamped(html, at), { headers }));
  await store.put("pages", { path, code, at });
  await dropOther(cache, files);
  await prune(store, at);
}

/** Removes the files of another version.
 *
 *  @param {Cache} cache
 *  @param {string[]} files of this version
 */
async function dropOther(cache, files) {
  const version = versionOf(files[0]);
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (isStatic(pathname) && versionOf(pathname) !== version) await cache.delete(url);
  }
}

/** @param {string} path @param {string[]} files @param {number} since */
async function keep(path, files, since) {
  const known = await store.get("pages", path);
  if (!known || known.at < since) await take(path, await fetch(path));
  const own = files.map((address) => new URL(address).pathname).filter(isStatic);
  if (await caches.has(cacheOf(path))) await hold(await caches.open(cacheOf(path)), own);
}

/** Adds files that are not there yet.
 *
 *  @param {Cache} cache
 *  @param {string[]} files
 */
async function hold(cache, files) {
  await Promise.all(
    files.map(async (path) => {
      if (!(await cache.match(path, { ignoreVary: true })))
        await add(cache, path, await fetch(path));
    }),
  );
}

/** While a new version is rolled out, a process of another one may answer with its own file.
 *
 *  @param {Cache} cache
 *  @param {string} address
 *  @param {Response} answer
 */
async function add(cache, address, answer) {
  const isOfAddress = answer.headers.get("Cache-Control")?.includes("immutable");
  if (answer.status === 200 && isOfAddress) await cache.put(address, answer);
}

/** A file that a stored page has, or the server's. What such a page loads later is stored with it.
 *
 *  @param {any} event
 */
async function fileFor(event) {
  const { request, clientId } = event;
  const held = await caches.match(request.url, { ignoreVary: true });
  if (held) return held;
  const answer = await fetch(request);
  event.waitUntil(keepFile(clientId, request.url, answer.clone()).catch(() => {}));
  return answer;
}

/** @param {string} clientId @param {string} address @param {Response} answer */
async function keepFile(clientId, address, answer) {
  const client = await worker.clients.get(clientId);
  const path = client && keptPath(client.url, root);
  if (path && (await caches.has(cacheOf(path))))
    await add(await caches.open(cacheOf(path)), address, answer);
}

/** @param {string} path */
async function stored(path) {
  try {
    return await (await caches.open(cacheOf(path))).match(path, { ignoreVary: true });
  } catch {
    return undefined;
  }
}

/** Whether someone looks at a ballot, which then sends by itself. */
async function isPageInSight() {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return pages.some(
    (/** @type {any} */ { url, visibilityState }) =>
      visibilityState === "visible" && new URL(url).pathname.startsWith(`${root}/b/`),
  );
}

/** @param {import("./device_store.js").OutboxEntry} entry */
async function post({ code, message }) {
  const answer = await fetch(`${root}/api/boards/${code}/actions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(message),
  });
  return answer.json().catch(() => null);
}
