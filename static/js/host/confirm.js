/** What cannot be undone takes two steps: the question replaces the button. */

import { element, takeFocus } from "../dom.js";
import { t } from "../words.js";

/** Puts the question into `place` and calls `act` on yes, `close` either way. Returns the
 *  element with the question, which may change while it is shown. The focus goes back to the
 *  button that asked, or to the one that `close` has put in its place.
 *
 *  @param {HTMLElement} place
 *  @param {string} question
 *  @param {{ yes?: string, act: () => void, close: () => void }} of
 */
export function confirmIn(place, question, { yes = t("host-sure"), act, close }) {
  const from = /** @type {HTMLElement} */ (document.activeElement);
  const leave = () => {
    close();
    const again = [...place.querySelectorAll("button")];
    takeFocus(
      from.isConnected
        ? from
        : (again.find(({ textContent }) => textContent === from.textContent) ?? again[0] ?? place),
    );
  };
  const no = element("button", {
    type: "button",
    className: "button",
    text: t("host-cancel"),
    on: { click: leave },
  });
  const go = element("button", {
    type: "button",
    className: "button button-main",
    text: yes,
    on: {
      click: () => {
        leave();
        act();
      },
    },
  });
  const asked = element("p", { text: question });
  place.replaceChildren(
    element(
      "div",
      { className: "confirm", role: "group", "aria-label": question },
      asked,
      element("div", { className: "row" }, no, go),
    ),
  );
  no.focus();
  return asked;
}
