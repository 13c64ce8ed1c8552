/** What the hosts did, the newest first. */

import { element } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { dateFormat } from "../words.js";
import { LazyFetch } from "./lazy_fetch.js";

export class History {
  #fetch;

  /**
   *  @param {HTMLDetailsElement} fold
   *  @param {HTMLElement} list
   *  @param {string} code
   *  @param {HostTools} of
   */
  constructor(fold, list, code, { live, fail }) {
    const rows = new KeyedList(list, {
      key: ({ seq }) => String(seq),
      make: (act) => ({ element: row(act), update() {} }),
    });
    this.#fetch = new LazyFetch(fold, `/api/boards/${code}/history`, {
      live,
      render: ({ history }) => rows.render([...history].reverse()),
      fail,
    });
  }

  update() {
    this.#fetch.update();
  }
}

/** @param {Wire.Event} of */
function row({ at, who, what }) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  const when = element("time", {
    className: "soft num",
    dateTime: new Date(at).toISOString(),
    text: dateFormat({ dateStyle: isToday ? undefined : "medium", timeStyle: "short" }).format(at),
  });
  return element("li", {}, when, element("span", {}, element("b", { text: who }), ` ${what}`));
}
