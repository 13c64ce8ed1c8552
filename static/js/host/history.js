/** What the hosts did, the newest first. */

import { element } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { Fetched } from "./fetched.js";

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export class History {
  #fetched;

  constructor(fold, list, code, { live, fail }) {
    const rows = new KeyedList(list, { key: ({ seq }) => String(seq), make: (act) => ({ element: row(act), update() {} }) });
    this.#fetched = new Fetched(fold, `/api/boards/${code}/history`, { live, render: ({ history }) => rows.render(history.toReversed()), fail });
  }

  update() {
    this.#fetched.update();
  }
}

function row({ at, who, what }) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  const when = element("time", { className: "soft num", dateTime: new Date(at).toISOString(), text: (isToday ? TIME : DAY_AND_TIME).format(at) });
  return element("li", {}, when, element("span", {}, element("b", { text: who }), ` ${what}`));
}
