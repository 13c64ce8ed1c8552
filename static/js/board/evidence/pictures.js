/** The pictures of a revealed round, which the server draws: loaded when they are unfolded. */

import { element, show } from "../../dom.js";
import { rooted } from "../../root.js";
import { t } from "../../words.js";

export class Pictures {
  #body = element("div", { className: "pictures" });
  #status = element("p", { className: "soft small", role: "status" });
  /** The page that has them; empty while there are none. */
  #page = "";
  #isLoaded = false;

  constructor() {
    this.element = element(
      "details",
      { className: "fold", on: { toggle: () => this.#load() } },
      element("summary", { text: t("evidence-pictures") }),
      this.#status,
      this.#body,
    );
  }

  /** @param {BoardState} state */
  update({ board, round, epoch }) {
    const isRevealed = round?.state === "revealed";
    show(this.element, isRevealed);
    const page = isRevealed ? `/b/${board.code}/pictures?round=${round.n}&of=${epoch}` : "";
    if (page === this.#page) return;
    this.#page = page;
    this.#isLoaded = false;
    this.#body.replaceChildren();
    this.#load();
  }

  #load() {
    const page = this.#page;
    if (!page || this.#isLoaded || !this.element.open) return;
    this.#isLoaded = true;
    this.#status.textContent = t("evidence-pictures-loading");
    // Not `fetch`: only this makes a document of what comes, in which no script runs.
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.open("GET", rooted(page));
    request.addEventListener("loadend", () => page === this.#page && this.#take(request));
    request.send();
  }

  /** @param {XMLHttpRequest} request */
  #take({ status, responseXML: document }) {
    const figures = status === 200 ? [...(document?.querySelectorAll(".picture") ?? [])] : [];
    this.#isLoaded = figures.length > 0;
    this.#status.textContent = this.#isLoaded ? "" : t("evidence-pictures-failed");
    show(this.#status, !this.#isLoaded);
    this.#body.replaceChildren(...figures);
  }
}
