/** Every option on every criterion: one option at a time on a phone, a grid on a desktop. */

import { part, setShare, setText } from "../../dom.js";
import { cellOf, matrix } from "../../methods/matrix.js";
import { t } from "../../words.js";
import { MatrixGrid } from "./matrix_grid.js";
import { MatrixPages } from "./matrix_pages.js";

const isWide = matchMedia("(min-width: 60rem)");

export class MatrixForm {
  #place;
  #progress;
  #words;
  #change;
  /** @type {MatrixGrid | MatrixPages | null} */
  #form = null;
  /** @type {string | null} */
  #built = null;
  /** @type {ShownTogether | null} */
  #shown = null;

  /** `change(option, criterion, score)` takes one score, null for no opinion.
   *
   *  @param {HTMLElement} root
   *  @param {ChangeCell} change
   */
  constructor(root, change) {
    this.#place = part(root, "matrix-form");
    this.#progress = part(root, "matrix-progress");
    this.#words = part(root, "matrix-words");
    this.#change = change;
    isWide.addEventListener("change", () => this.#shown && this.update(this.#shown));
  }

  /** `options`: the option objects on the ballot, in this seat's order.
   *
   *  @param {ShownTogether} shown
   */
  update(shown) {
    this.#shown = shown;
    const { ballot, about, options, isOpen, isFound } = shown;
    const { criteria = [] } = about.round.settings;
    const wanted = JSON.stringify([
      isWide.matches,
      about.round.n,
      criteria,
      options.map(({ id, name }) => [id, name]),
    ]);
    if (wanted !== this.#built) this.#build(options, criteria);
    this.#built = wanted;
    this.#form?.update((option, criterion) => cellOf(ballot, option, criterion), isOpen);
    this.#form?.find(isFound);
    const cells = options.flatMap(({ id }) =>
      criteria.map((criterion) => cellOf(ballot, id, criterion.id)),
    );
    setShare(this.#progress, cells.filter((cell) => cell !== null).length / cells.length);
    setText(this.#words, ballot ? matrix.progress(ballot, about) : t("ballot-nothing-yet"));
  }

  /** @param {Wire.Option[]} options @param {Wire.Criterion[]} criteria */
  #build(options, criteria) {
    const weights = criteria.reduce((sum, { weight }) => sum + weight, 0);
    const weighed = criteria.map((criterion) => ({
      ...criterion,
      share: criterion.weight / weights,
    }));
    const Form = isWide.matches ? MatrixGrid : MatrixPages;
    this.#form = new Form(options, weighed, this.#change);
    this.#place.replaceChildren(this.#form.element);
  }
}
