/** Invitations: links that are one seat each. */

import { element, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { words } from "../words.js";
import { copyButton } from "./copy.js";
import { Roster } from "./roster.js";

const w = words.host.invites;

export class Invites {
  #parts;
  #announcer;
  #list;
  #roster;

  constructor(page, code, { live, fail, announcer }) {
    this.#parts = page;
    this.#announcer = announcer;
    this.#list = new KeyedList(page["invite-list"], { make: (invite) => this.#row(invite) });
    this.#roster = new Roster(`/api/boards/${code}/invites`, { fold: page.invites, form: page["invite-form"] }, { live, fail, add: (form) => this.#make(form), show: ({ invites }) => this.#show(invites) });
  }

  update() {
    this.#roster.update();
  }

  #show(invites) {
    const valid = invites.filter(({ revoked }) => !revoked);
    setText(this.#parts["invites-words"], invites.length ? w.valid(valid.length, invites.length - valid.length) : "");
    show(this.#parts["invites-print"], valid.length > 0);
    const links = valid.map(({ link }) => link).join("\n");
    if (this.#parts["invites-copy"].firstElementChild?.dataset.copy !== links) {
      this.#parts["invites-copy"].replaceChildren(...(links ? [copyButton(links, w.copyAll, { announcer: this.#announcer })] : []));
    }
    show(this.#parts["invite-list"], invites.length > 0);
    this.#list.render(invites);
  }

  #make(form) {
    return this.#roster.add({ count: form.elements.count.valueAsNumber }, ({ invites }) => this.#announcer.now(w.made(invites.length)));
  }

  #row({ n, id, link }) {
    const actions = element("span", { className: "row" });
    const revoke = () => element("button", { type: "button", className: "button button-quiet button-small", text: w.revoke, "aria-label": `${w.revoke}: ${w.name(n)}`, on: { click: ask } });
    const offer = () => actions.replaceChildren(copyButton(link, words.host.copy, { announcer: this.#announcer, className: "button button-quiet button-small" }), revoke());
    const ask = () => this.#roster.confirmGone(actions, w.revokeSure(n), { yes: w.revoke, close: offer, message: { type: "revoke_invite", invite: id } });
    offer();
    const state = element("span", { className: "soft" });
    const row = element("li", {}, element("span", { className: "num" }, w.name(n), " ", state), actions);
    return {
      element: row,
      update({ revoked }) {
        setText(state, revoked ? `· ${w.revoked}` : "");
        show(actions, !revoked);
      },
    };
  }
}
