/** What this device keeps for when there is no connection, where a page and the service worker can
 *  both read it. Where a browser keeps nothing (some private windows), every call rejects.
 *
 *  `pages`   the pages that can be opened: `path`, `code` of the board, `at` which they were stored
 *  `states`  how boards stood when this device saw them last: `code`, `frame`, `at`
 *  `outbox`  what the worker may send: `id`, `code`, `order`, `message`
 *
 *  @typedef {{ path: string, code: string, at: number }} StoredPage
 *  @typedef {{ code: string, frame: Wire.WelcomeFrame, at: number }} StoredState
 *  @typedef {{ id: string, code: string, order: number, message: Wire.Request }} OutboxEntry
 */

const KEYS = { pages: "path", states: "code", outbox: "id" };

export class DeviceStore {
  #name;
  /** @type {Promise<IDBDatabase> | null} */
  #database = null;

  /** @param {string} root the path under which the server is */
  constructor(root) {
    this.#name = `stackvote ${root}`;
  }

  /** @param {"pages" | "states" | "outbox"} store @param {string} key @returns {Promise<any>} */
  async get(store, key) {
    return settled((await this.#in(store, "readonly")).get(key));
  }

  /** @param {"pages" | "states" | "outbox"} store @returns {Promise<any[]>} */
  async all(store) {
    return settled((await this.#in(store, "readonly")).getAll());
  }

  /** @param {"pages" | "states"} store @param {StoredPage | StoredState} value */
  async put(store, value) {
    await settled((await this.#in(store, "readwrite")).put(value));
  }

  /** @param {"pages" | "states" | "outbox"} store @param {string} key */
  async remove(store, key) {
    await settled((await this.#in(store, "readwrite")).delete(key));
  }

  /** Replaces the entries of a board, in one step.
   *
   *  @param {string} code
   *  @param {Omit<OutboxEntry, "code">[]} entries
   */
  async replaceOutbox(code, entries) {
    const store = await this.#in("outbox", "readwrite");
    for (const { id, code: of } of await settled(store.getAll()))
      if (of === code && !entries.some((entry) => entry.id === id)) store.delete(id);
    await Promise.all(entries.map((entry) => settled(store.put({ ...entry, code }))));
  }

  /** @param {string} store @param {IDBTransactionMode} mode */
  async #in(store, mode) {
    this.#database ??= opened(this.#name);
    return (await this.#database).transaction(store, mode).objectStore(store);
  }
}

/** @param {string} name @returns {Promise<IDBDatabase>} */
function opened(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    for (const [store, keyPath] of Object.entries(KEYS))
      request.result.createObjectStore(store, { keyPath });
  };
  return settled(request);
}

/** @template Result @param {IDBRequest<Result>} request @returns {Promise<Result>} */
const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
