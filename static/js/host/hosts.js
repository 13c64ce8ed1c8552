/** Who else has the host's right: let somebody in, take it back, hand it over. */

import { call } from "../call.js";
import { element, setText } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { words } from "../words.js";
import { confirmIn } from "./confirm.js";
import { copyButton } from "./copy.js";
import { Fetched } from "./fetched.js";

const w = words.host.hosts;

export class Hosts {
  #live;
  #parts;
  #path;
  #fail;
  #announcer;
  #list;
  #fetched;

  constructor(page, code, { live, fail, announcer }) {
    this.#live = live;
    this.#parts = page;
    this.#path = `/api/boards/${code}/hosts`;
    this.#fail = fail;
    this.#announcer = announcer;
    this.#list = new KeyedList(page["host-list"], { key: ({ host }) => host, make: (host) => this.#row(host) });
    this.#fetched = new Fetched(page.hosts, this.#path, { live, render: ({ hosts }) => this.#show(hosts), fail });
    page["host-form"].addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add(event.target);
    });
  }

  update() {
    this.#fetched.update();
  }

  #show(hosts) {
    setText(this.#parts["hosts-count"], String(hosts.length));
    this.#list.render(hosts.map((host) => ({ ...host, isLast: hosts.length === 1 })));
  }

  async #add(form) {
    try {
      const { name, link, qr } = await call(this.#path, { name: form.elements.name.value.trim() });
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
      this.#fetched.again();
    } catch (problem) {
      this.#fail(problem.message);
    }
  }

  #row({ host, name, you }) {
    const shown = name ?? w.first;
    const actions = element("span", { className: "row" });
    const says = you ? w.giveUp : w.remove;
    const offer = () => actions.replaceChildren(element("button", { type: "button", className: "button button-quiet button-small", text: says, "aria-label": `${says}: ${shown}`, on: { click: ask } }));
    const act = () => this.#live.ask({ type: "remove_host", host }).then(() => this.#fetched.again(), (refusal) => this.#fail(refusal.message));
    const ask = () => confirmIn(actions, you ? w.giveUpSure : w.removeSure(shown), { yes: says, close: offer, act });
    offer();
    const row = element("li", {}, element("span", {}, element("b", { text: shown }), you ? element("span", { className: "soft", text: ` (${w.you})` }) : null), actions);
    return { element: row, update: ({ isLast }) => (actions.hidden = isLast) };
  }
}
