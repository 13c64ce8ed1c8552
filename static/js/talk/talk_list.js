/** A list of threads with its handles: the order, the kinds, the options, and older ones.
 *
 *  The page never shows more threads than requested. What others begin meanwhile waits behind a
 *  button, so that what is read or written stays in its place.
 */

import { Announcer } from "../announcer.js";
import { element, keepFocus, keepPlace, setText, show, takeFocus } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { newId } from "../live/new_id.js";
import { t } from "../words.js";
import { Arrivals } from "./arrivals.js";
import { counted, KINDS } from "./counts.js";
import { Order } from "./order.js";

/** @type {Wire.Sort[]} */
const SORTS = ["newest", "support"];
const FIRST = 20;
const STEP = 40;
/** Up to here a list grows by itself when much is said. */
const MOST = 200;
/** With fewer there is nothing to put in order. */
const FEW = 3;

export class TalkList {
  #order = new Order();
  #limit = FIRST;
  #pager;
  #option;
  #list;
  #items;
  #handles;
  #kinds;
  /** @type {HTMLSelectElement | null} */
  #options = null;
  #more;
  #status;
  #news;
  #newsPlace;
  #threads;
  #announcer = new Announcer();
  #arrivals = new Arrivals();
  /** Those that wait.
   *  @type {ShownThread[]} */
  #held = [];
  /** @type {{ threads: ShownThread[], counts: Wire.TalkView, options: Wire.Option[] }} */
  #data = { threads: [], counts: counted([]), options: [] };
  #isLoading = false;

  /** `make()` makes a thread's view; `option`: the one it is about, or null for all, then one
   *  can be chosen.
   *
   *  @param {{ make: () => ThreadView, pager: CommentPager, option?: string | null }} of
   */
  constructor({ make, pager, option = null }) {
    this.#pager = pager;
    this.#option = option;
    this.#items = element("ol", { className: "comments" });
    this.#list = /** @type {KeyedList<ShownThread, ThreadView>} */ (
      new KeyedList(this.#items, { key: ({ comment }) => comment.id, inSlices: true, make })
    );
    this.#kinds = element("div", {
      className: "row",
      role: "group",
      "aria-label": t("talk-show-only"),
    });
    this.#handles = element("div", { className: "talk-handles" }, this.#sortChoice(), this.#kinds);
    if (option === null) this.#handles.prepend(this.#optionChoice());
    this.#more = element("button", {
      type: "button",
      className: "button talk-more",
      on: { click: () => this.#showMore() },
    });
    this.#status = element("p", { className: "soft small", role: "status" });
    this.#news = element("button", {
      type: "button",
      className: "button",
      on: { click: () => this.#showNews() },
    });
    this.#newsPlace = element("div", { className: "talk-news", hidden: true }, this.#news);
    this.#threads = element("div", { hidden: true }, this.#newsPlace, this.#items);
    this.element = element(
      "div",
      { className: "talk-list" },
      this.#handles,
      this.#threads,
      this.#more,
      this.#status,
    );
  }

  /** Orders the threads again, with those that are new. */
  renew() {
    this.#order.renew();
    this.#arrivals.forget();
  }

  /** The person writes a comment of this kind, which must not be filtered out.
   *
   *  @param {Wire.Kind} kind
   */
  expect(kind) {
    if (this.#order.kind && this.#order.kind !== kind) this.#order.kind = null;
  }

  /** `counts`: of all that can be read here; `options`: those that can be chosen.
   *
   *  @param {{ threads: ShownThread[], counts: Wire.TalkView, options?: Wire.Option[] }} of
   */
  update({ threads, counts, options = [] }) {
    this.#data = { threads, counts, options };
    // To look where things are takes long, and at first there is nothing to keep in its place.
    if (this.#items.firstElementChild) keepPlace(() => this.#render());
    else this.#render();
  }

  /** @param {string | null | undefined} id */
  get(id) {
    return this.#list.get(id);
  }

  #render({ withNews = false } = {}) {
    keepFocus(this.element, () => this.#show(withNews), this.#items);
  }

  /** @param {boolean} withNews */
  #show(withNews) {
    const { threads, counts, options } = this.#data;
    const ordered = /** @type {ShownThread[]} */ (this.#order.of(threads));
    const news = withNews || this.#isLoading ? [] : this.#arrivals.news(ordered);
    this.#held = news.length && this.#isInSight ? news : [];
    const shown = ordered.filter((thread) => !this.#held.includes(thread));
    // New threads do not push out those that a person reads or answers at the end.
    const isNew = this.#isLoading ? 0 : this.#arrivals.unseen(shown).length;
    if (shown.length > this.#limit)
      this.#limit = Math.max(this.#limit, Math.min(this.#limit + isNew, MOST));
    this.#arrivals.show(shown);
    show(this.#threads, shown.length > 0);
    this.#showNewsCount();
    this.#list.render(shown.slice(0, this.#limit));
    this.#showKinds(counts, threads);
    if (this.#options) this.#showOptions(this.#options, options);
    show(this.#handles, threads.length >= FEW || this.#hasOlder);
    this.#showRest(shown.length, threads, counts);
  }

  /** Another choice: the list starts at its top again. */
  #begin() {
    this.#limit = FIRST;
    this.#arrivals.forget();
  }

  /** Whether more at the top would move what is on the screen. */
  get #isInSight() {
    const { top, height } = this.#items.getBoundingClientRect();
    return height > 0 && top < window.innerHeight;
  }

  #showNewsCount() {
    const n = this.#held.length;
    show(this.#newsPlace, n > 0);
    if (!n) return;
    const { style } = document.documentElement;
    this.#newsPlace.style.setProperty("--top", style.getPropertyValue("--top"));
    setText(this.#news, t("talk-news", { n }));
    this.#announcer.later(() =>
      this.#held.length ? t("talk-news", { n: this.#held.length }) : "",
    );
  }

  #showNews() {
    const [first] = this.#held;
    this.#render({ withNews: true });
    const shown = this.get(first.comment.id);
    if (!shown) return;
    shown.element.scrollIntoView({ block: "nearest" });
    takeFocus(shown.element);
  }

  get #hasOlder() {
    return this.#pager.has(this.#chosen);
  }

  get #chosen() {
    return this.#option ?? this.#order.option;
  }

  /** @param {number} here @param {ShownThread[]} threads @param {Wire.TalkView} counts */
  #showRest(here, threads, counts) {
    const isMore = here > this.#limit;
    const replies = threads.reduce((sum, { earlier }) => sum + (earlier?.count ?? 0), 0);
    const missing =
      this.#chosen === null || this.#option
        ? counts.comments - counted(threads).comments - replies
        : 0;
    show(this.#more, isMore || (this.#hasOlder && (missing > 0 || !this.#option)));
    const waiting = Math.max(0, here - this.#limit) + Math.max(0, missing);
    setText(
      this.#more,
      this.#isLoading ? t("talk-loading") : olderText(this.#order.kind ? 0 : waiting),
    );
    this.#more.setAttribute("aria-disabled", String(this.#isLoading));
  }

  async #showMore() {
    if (this.#isLoading) return;
    this.#limit += STEP;
    const here = this.#order.of(this.#data.threads).length;
    if (here < this.#limit && this.#hasOlder) await this.#load({ sort: "newest" });
    else this.#render();
  }

  /** @param {{ sort: Wire.Sort, limit?: number }} how */
  async #load(how) {
    this.#isLoading = true;
    setText(this.#status, "");
    this.#render();
    try {
      await this.#pager.load(this.#chosen, how);
    } catch {
      setText(this.#status, t("talk-not-loaded"));
    }
    this.#isLoading = false;
    this.#order.renew();
    this.#render();
  }

  /** @param {Wire.Sort} sort */
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
    const choice = element(
      "fieldset",
      {},
      element("legend", { className: "visually-hidden", text: t("talk-order") }),
    );
    const segments = element("div", { className: "segments" });
    for (const sort of SORTS) {
      // `click`, not `change`: a click on the chosen one orders the threads again.
      const input = element("input", {
        type: "radio",
        name,
        value: sort,
        checked: sort === "newest",
        on: { click: () => this.#sortBy(sort) },
      });
      segments.append(
        element("label", {}, input, element("span", { text: t("talk-sort", { sort }) })),
      );
    }
    choice.append(segments);
    return choice;
  }

  #optionChoice() {
    const select = element("select", {
      className: "input",
      "aria-label": t("talk-option"),
      on: { change: () => this.#choose(select.value || null) },
    });
    this.#options = select;
    return select;
  }

  /** @param {string | null} option */
  #choose(option) {
    this.#order.option = option;
    this.#begin();
    this.#render();
  }

  /** @param {HTMLSelectElement} select @param {Wire.Option[]} options */
  #showOptions(select, options) {
    const now = JSON.stringify(options.map(({ id, name }) => [id, name]));
    if (now === select.dataset.now) return;
    select.dataset.now = now;
    const chosen = this.#order.option ?? "";
    select.replaceChildren(
      new Option(t("talk-all-options"), ""),
      ...options.map(({ id, name }) => new Option(name, id)),
    );
    select.value = chosen;
    if (select.value !== chosen) this.#choose(null);
  }

  /** @param {Wire.TalkView} counts @param {ShownThread[]} threads */
  #showKinds(counts, threads) {
    const here = this.#order.option
      ? counted(threads.filter(({ comment }) => comment.option === this.#order.option))
      : counts;
    const kinds = KINDS.filter((kind) => here[kind] || kind === this.#order.kind);
    show(this.#kinds, kinds.length > 1 || this.#order.kind !== null);
    const now = JSON.stringify(kinds.map((kind) => [kind, here[kind], kind === this.#order.kind]));
    if (now === this.#kinds.dataset.now) return;
    this.#kinds.dataset.now = now;
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    const focused = active && this.#kinds.contains(active) ? active.dataset.kind : null;
    this.#kinds.replaceChildren(...kinds.map((kind) => this.#kindButton(kind, here[kind])));
    if (focused)
      /** @type {HTMLElement | null} */ (
        this.#kinds.querySelector(`[data-kind="${focused}"]`)
      )?.focus();
  }

  /** @param {Wire.Kind} kind @param {number} n */
  #kindButton(kind, n) {
    const isOn = kind === this.#order.kind;
    const click = () => {
      this.#order.kind = isOn ? null : kind;
      this.#begin();
      this.#render();
    };
    return element(
      "button",
      {
        type: "button",
        className: "kind-filter",
        "aria-pressed": String(isOn),
        "aria-label": t("comment-kind-count", { kind, n }),
        data: { kind },
        on: { click },
      },
      element("span", { text: t("comment-kind", { kind }) }),
      element("b", { className: "num", text: String(n) }),
    );
  }
}

/** @param {number} n how many there are; 0 where that is not known */
const olderText = (n) => (n > 0 ? t("talk-older-count", { n }) : t("talk-older"));
