/** Finds options by what stands in them, on boards with many. It only hides: a vote stays as it
 *  is. */

import { keepFocus, parts, setText, show } from "../dom.js";
import { t } from "../words.js";

export class Filter {
  #root;
  #input;
  #words;
  /** @type {string[]} */
  #wanted = [];

  /** `changed()` is called when other options are to be shown.
   *
   *  @param {HTMLElement} root
   *  @param {() => void} changed
   */
  constructor(root, changed) {
    this.#root = root;
    this.#input = /** @type {HTMLInputElement} */ (root.querySelector("input"));
    this.#words = parts(root)["filter-words"];
    this.#input.addEventListener("input", () => {
      this.#wanted = folded(this.#input.value).split(/\s+/).filter(Boolean);
      changed();
    });
  }

  /** `isNeeded`: there are so many that one wants to search.
   *
   *  @param {Wire.Option[]} options
   *  @param {boolean} isNeeded
   */
  update(options, isNeeded) {
    if (!isNeeded) {
      this.#wanted = [];
      this.#input.value = "";
    }
    keepFocus(this.#root, () => show(this.#root, isNeeded));
    const n = options.filter((option) => this.finds(option)).length;
    setText(
      this.#words,
      this.#wanted.length ? t("ballot-filter-found", { n, of: options.length }) : "",
    );
  }

  /** @param {Wire.Option} option */
  finds({ name, strapline, features, suited_to: suitedTo, tags }) {
    if (!this.#wanted.length) return true;
    const text = folded([name, strapline, suitedTo, ...features, ...tags].join(" "));
    return this.#wanted.every((word) => text.includes(word));
  }
}

/** As people search: *uber* finds *Über*.
 *
 *  @param {string} text
 */
const folded = (text) => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
