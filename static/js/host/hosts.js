/** Who else has the host's right: let somebody in, take it back, hand it over. */

import { element, setText } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { words } from "../words.js";
import { copyButton } from "./copy.js";
import { Roster } from "./roster.js";

const w = words.host.hosts;

export class Hosts {
  #parts;
  #announcer;
  #list;
  #roster;

  constructor(page, code, { live, fail, announcer }) {
    this.#parts = page;
    this.#announcer = announcer;
    this.#list = new KeyedList(page["host-list"], { key: ({ host }) => host, make: (host) => this.#row(host) });
    this.#roster = new Roster(`/api/boards/${code}/hosts`, { fold: page.hosts, form: page["host-form"] }, { live, fail, add: (form) => this.#add(form), show: ({ hosts }) => this.#show(hosts) });
  }

  update() {
    this.#roster.update();
  }

  #show(hosts) {
    setText(this.#parts["hosts-count"], String(hosts.length));
    this.#list.render(hosts.map((host) => ({ ...host, isLast: hosts.length === 1 })));
  }

  #add(form) {
    return this.#roster.add({ name: form.elements.name.value.trim() }, ({ name, link, qr }) => {
      form.reset();
      const field = element("input", { className: "input", readOnly: true, value: link, "aria-label": w.link(name) });
      this.#parts["host-new"].replaceChildren(
        element("p", { text: w.added(name) }),
        element("img", { className: "qr host-qr", src: qr, alt: w.qr(name) }),
        field,
        copyButton(link, words.host.copy, { announcer: this.#announcer }),
      );
      field.focus();
      field.select();
    });
  }

  #row({ host, name, you }) {
    const shown = name ?? w.first;
    const actions = element("span", { className: "row" });
    const says = you ? w.giveUp : w.remove;
    const offer = () => actions.replaceChildren(element("button", { type: "button", className: "button button-quiet button-small", text: says, "aria-label": `${says}: ${shown}`, on: { click: ask } }));
    const ask = () => this.#roster.confirmGone(actions, you ? w.giveUpSure : w.removeSure(shown), { yes: says, close: offer, message: { type: "remove_host", host } });
    offer();
    const row = element("li", {}, element("span", {}, element("b", { text: shown }), you ? element("span", { className: "soft", text: ` (${w.you})` }) : null), actions);
    return { element: row, update: ({ isLast }) => (actions.hidden = isLast) };
  }
}
