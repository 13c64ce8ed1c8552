/** What stays in sight at the edges of the page: the question once its heading is scrolled away,
 *  and news of a result or a decision that appears out of sight. */

import { keepFocus, setText, show, tellHeight } from "../dom.js";
import { t } from "../words.js";

export class Edges {
  #parts;
  /** What is shown at the head of the page; null before the first time.
   *  @type {News | "" | null} */
  #shown = null;
  #seen;

  /** @param {Parts} page */
  constructor(page) {
    this.#parts = page;
    const { strip, bottom, main, title, question, news } = page;
    tellHeight("--top", strip);
    tellHeight("--bottom", bottom, main);
    new IntersectionObserver(
      ([{ isIntersecting, boundingClientRect: box }]) =>
        show(question, !isIntersecting && box.top < 99),
      { rootMargin: "-48px 0px 0px" },
    ).observe(title);
    this.#seen = new IntersectionObserver(
      (entries) =>
        entries.some((entry) => entry.isIntersecting) &&
        keepFocus(
          news,
          () => show(news, false),
          () => this.#heading,
        ),
    );
    news.addEventListener("click", () => this.#go());
  }

  /** `shown`: what has come at the head of the page; empty for nothing.
   *
   *  @param {News | ""} shown
   *  @param {string} title
   */
  update(shown, title) {
    const { news, question } = this.#parts;
    setText(question, title);
    const before = this.#shown;
    this.#shown = shown;
    if (before === null || shown === before) return;
    this.#seen.disconnect();
    show(news, shown !== "" && this.#heading.getBoundingClientRect().top < 0);
    if (!shown) return;
    setText(news, t("ballot-news", { news: shown }));
    this.#seen.observe(this.#heading);
  }

  /** @returns {HTMLElement} */
  get #heading() {
    return this.#parts[this.#shown === "result" ? "outcome-title" : "decision-title"];
  }

  #go() {
    const heading = this.#heading;
    heading.tabIndex = -1;
    heading.focus();
  }
}
