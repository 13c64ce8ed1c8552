/** Paper cannot be unfolded: what belongs to a ballot or a result is printed open, and is as it was
 *  afterwards. */

const FOLDS = ".receipt, .card-more, .talk, [data-part=counted], .evidence > details";

export function unfoldOnPaper() {
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  addEventListener("beforeprint", () => {
    const folds = /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll(FOLDS));
    opened = [...folds].filter((fold) => !fold.open);
    for (const fold of opened) {
      fold.open = true;
      // The browser tells of it too late for what is built only when it is opened.
      fold.dispatchEvent(new Event("toggle"));
    }
  });
  addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
    opened = [];
  });
}
