/** What a first ballot does without, and is loaded when it is needed. */

import { element } from "../dom.js";

const LOADERS = {
  filter: async () => await import("./filter.js"),
  questions: async () => await import("../board/questions.js"),
  together: async () => await import("./together.js"),
  experience: async () => await import("./experience.js"),
  results: async () => {
    const styled = loadStyles(document.body.dataset.results ?? "");
    const loaded = await import("./results.js");
    await styled;
    return loaded;
  },
};

/** @typedef {typeof LOADERS} Loaders */

export class Later {
  /** @type {{ [Name in keyof Loaders]?: Awaited<ReturnType<Loaders[Name]>> }} */
  #loaded = {};
  /** @type {Set<string>} */
  #asked = new Set();
  #ready;
  #fail;

  /** `ready()` is called when more is there, `fail(name)` when it did not arrive.
   *
   *  @param {{ ready: () => void, fail: (name: keyof Loaders) => void }} of
   */
  constructor({ ready, fail }) {
    this.#ready = ready;
    this.#fail = fail;
  }

  /** What a module exports; null until it is there. It is asked for once: a browser does not try
   *  a module again.
   *
   *  @template {keyof Loaders} Name
   *  @param {Name} name
   *  @returns {Awaited<ReturnType<Loaders[Name]>> | null}
   */
  get(name) {
    if (!this.#asked.has(name)) this.#load(name);
    return this.#loaded[name] ?? null;
  }

  /** @param {keyof Loaders} name */
  async #load(name) {
    this.#asked.add(name);
    try {
      this.#loaded[name] = /** @type {any} */ (await LOADERS[name]());
    } catch {
      this.#fail(name);
      return;
    }
    this.#ready();
  }
}

/** Adds a style sheet to the page, and waits until it is there or cannot be had.
 *
 *  @param {string} href
 */
function loadStyles(href) {
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  return new Promise((done) => {
    const link = element("link", { rel: "stylesheet", href, on: { load: done, error: done } });
    document.head.append(link);
  });
}
