/** What cannot be undone takes two steps: the question stands where the button was. */

import { element } from "../dom.js";
import { words } from "../words.js";

/** Puts the question into `place` and calls `act` on yes, `close` either way. Returns the
 *  element with the question, which may change its words while it stands there. */
export function confirmIn(place, question, { yes = words.host.sure, act, close }) {
  const no = element("button", { type: "button", className: "button", text: words.cancel, on: { click: close } });
  const go = element("button", {
    type: "button",
    className: "button button-main",
    text: yes,
    on: {
      click: () => {
        close();
        act();
      },
    },
  });
  const asked = element("p", { text: question });
  place.replaceChildren(element("div", { className: "confirm", role: "group", "aria-label": question }, asked, element("div", { className: "row" }, no, go)));
  no.focus();
  return asked;
}
