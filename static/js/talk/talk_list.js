/** A list of threads with its handles: the order, the kinds, the options, and older ones.
 *
 *  The page never holds more threads than somebody asked for.
 */

import { element, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { newId } from "../live/new_id.js";
import { words } from "../words.js";
import { counted } from "./counts.js";
import { Order } from "./order.js";

const FIRST = 20;
const STEP = 40;
/** Up to here a list grows by itself when much is said. */
const MOST = 200;
/** With fewer there is nothing to put in order. */
const FEW = 3;

export class TalkList {
  #order = new Order();
  #limit = FIRST;
  #older;
  #option;
  #list;
  #items;
  #handles;
  #kinds;
  #options = null;
  #more;
  #status;
  #seen = null;
  #data = { threads: [], counts: {}, options: [] };
  #isLoading = false;

  /** `make()` makes a thread's view; `option`: the one it is about, or null for all, then one
   *  can be chosen. */
  constructor({ make, older, option = null }) {
    this.#older = older;
    this.#option = option;
    this.#items = element("ol", { className: "comments" });
    this.#list = new KeyedList(this.#items, { key: ({ comment }) => comment.id, make });
    this.#kinds = element("div", { className: "row", role: "group", "aria-label": words.talk.showKinds });
    this.#handles = element("div", { className: "talk-handles" }, this.#sortChoice(), this.#kinds);
    if (option === null) this.#handles.prepend(this.#optionChoice());
    this.#more = element("button", { type: "button", className: "button talk-more", on: { click: () => this.#showMore() } });
    this.#status = element("p", { className: "soft small", role: "status" });
    this.element = element("div", { className: "talk-list" }, this.#handles, this.#items, this.#more, this.#status);
  }

  /** Puts the threads in order as they stand now. */
  renew() {
    this.#order.renew();
  }

  /** Somebody writes a comment of this kind, and wants to see it. */
  expect(kind) {
    if (this.#order.kind && this.#order.kind !== kind) this.#order.kind = null;
  }

  /** `counts`: of all that can be read here; `options`: those that can be chosen. */
  update({ threads, counts, options = [] }) {
    this.#data = { threads, counts, options };
    this.#render();
  }

  get(id) {
    return this.#list.get(id);
  }

  #render() {
    const { threads, counts, options } = this.#data;
    const shown = this.#order.of(threads);
    // What came in since does not push out what somebody reads or answers at the end.
    const isNew = this.#seen && !this.#isLoading ? shown.filter(({ comment }) => !this.#seen.has(comment.id)).length : 0;
    if (shown.length > this.#limit) this.#limit = Math.max(this.#limit, Math.min(this.#limit + isNew, MOST));
    this.#seen = new Set(shown.map(({ comment }) => comment.id));
    this.#list.render(shown.slice(0, this.#limit));
    this.#showKinds(counts, threads);
    if (this.#options) this.#showOptions(options);
    show(this.#handles, threads.length >= FEW || this.#hasOlder);
    this.#showRest(shown.length, threads, counts);
  }

  /** Another choice: the list starts at its top again. */
  #begin() {
    this.#limit = FIRST;
    this.#seen = null;
  }

  get #hasOlder() {
    return this.#older.has(this.#chosen);
  }

  get #chosen() {
    return this.#option ?? this.#order.option;
  }

  #showRest(here, threads, counts) {
    const isMore = here > this.#limit;
    const replies = threads.reduce((sum, { earlier }) => sum + (earlier?.count ?? 0), 0);
    const missing = this.#chosen === null || this.#option ? counts.comments - counted(threads).comments - replies : 0;
    show(this.#more, isMore || (this.#hasOlder && (missing > 0 || !this.#option)));
    const waiting = Math.max(0, here - this.#limit) + Math.max(0, missing);
    setText(this.#more, this.#isLoading ? words.talk.loading : words.talk.more(this.#order.kind ? 0 : waiting));
    this.#more.setAttribute("aria-disabled", String(this.#isLoading));
  }

  async #showMore() {
    if (this.#isLoading) return;
    this.#limit += STEP;
    const here = this.#order.of(this.#data.threads).length;
    if (here < this.#limit && this.#hasOlder) await this.#load({ sort: "newest" });
    else this.#render();
  }

  async #load(how) {
    this.#isLoading = true;
    setText(this.#status, "");
    this.#render();
    try {
      await this.#older.load(this.#chosen, how);
    } catch {
      setText(this.#status, words.talk.notLoaded);
    }
    this.#isLoading = false;
    this.#order.renew();
    this.#render();
  }

  async #sortBy(sort) {
    this.#order.sort = sort;
    this.#order.renew();
    this.#begin();
    // What has the most support may be older than all that is here.
    if (sort === "support" && this.#hasOlder) await this.#load({ sort, limit: 200 });
    else this.#render();
  }

  #sortChoice() {
    const name = `sort-${newId()}`;
    const choice = element("fieldset", {}, element("legend", { className: "visually-hidden", text: words.talk.sort }));
    const segments = element("div", { className: "segments" });
    for (const [sort, text] of Object.entries(words.talk.sorts)) {
      // A click also on the one that is chosen: it asks for the order anew.
      const input = element("input", { type: "radio", name, value: sort, checked: sort === "newest", on: { click: () => this.#sortBy(sort) } });
      segments.append(element("label", {}, input, element("span", { text })));
    }
    choice.append(segments);
    return choice;
  }

  #optionChoice() {
    this.#options = element("select", { className: "input", "aria-label": words.talk.option, on: { change: () => this.#choose(this.#options.value || null) } });
    return this.#options;
  }

  #choose(option) {
    this.#order.option = option;
    this.#begin();
    this.#render();
  }

  #showOptions(options) {
    const now = JSON.stringify(options.map(({ id, name }) => [id, name]));
    if (now === this.#options.dataset.now) return;
    this.#options.dataset.now = now;
    const chosen = this.#order.option ?? "";
    this.#options.replaceChildren(new Option(words.talk.allOptions, ""), ...options.map(({ id, name }) => new Option(name, id)));
    this.#options.value = chosen;
    if (this.#options.value !== chosen) this.#choose(null);
  }

  #showKinds(counts, threads) {
    const here = this.#order.option ? counted(threads.filter(({ comment }) => comment.option === this.#order.option)) : counts;
    const kinds = Object.keys(words.kinds).filter((kind) => here[kind] || kind === this.#order.kind);
    show(this.#kinds, kinds.length > 1 || this.#order.kind !== null);
    const now = JSON.stringify(kinds.map((kind) => [kind, here[kind], kind === this.#order.kind]));
    if (now === this.#kinds.dataset.now) return;
    this.#kinds.dataset.now = now;
    const focused = this.#kinds.contains(document.activeElement) ? document.activeElement.dataset.kind : null;
    this.#kinds.replaceChildren(...kinds.map((kind) => this.#kindButton(kind, here[kind])));
    if (focused) this.#kinds.querySelector(`[data-kind="${focused}"]`)?.focus();
  }

  #kindButton(kind, n) {
    const isOn = kind === this.#order.kind;
    const click = () => {
      this.#order.kind = isOn ? null : kind;
      this.#begin();
      this.#render();
    };
    return element("button", { type: "button", className: "kind-filter", "aria-pressed": String(isOn), "aria-label": words.talk.kind(words.kinds[kind], n), data: { kind }, on: { click } }, element("span", { text: words.kinds[kind] }), element("b", { className: "num", text: String(n) }));
  }
}
