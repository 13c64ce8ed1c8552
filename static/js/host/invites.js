/** Invitations: links that are one seat each. */

import { call } from "../call.js";
import { element, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { words } from "../words.js";
import { confirmIn } from "./confirm.js";
import { copyButton } from "./copy.js";
import { Fetched } from "./fetched.js";

const w = words.host.invites;

export class Invites {
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
    this.#path = `/api/boards/${code}/invites`;
    this.#fail = fail;
    this.#announcer = announcer;
    this.#list = new KeyedList(page["invite-list"], { make: (invite) => this.#row(invite) });
    this.#fetched = new Fetched(page.invites, this.#path, { live, render: ({ invites }) => this.#show(invites), fail });
    page["invite-form"].addEventListener("submit", (event) => {
      event.preventDefault();
      this.#make(event.target);
    });
  }

  update() {
    this.#fetched.update();
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

  async #make(form) {
    try {
      const { invites } = await call(this.#path, { count: form.elements.count.valueAsNumber });
      this.#announcer.now(w.made(invites.length));
      this.#fetched.again();
    } catch (problem) {
      this.#fail(problem.message);
    }
  }

  #row({ n, id, link }) {
    const actions = element("span", { className: "row" });
    const revoke = () => element("button", { type: "button", className: "button button-quiet button-small", text: w.revoke, "aria-label": `${w.revoke}: ${w.name(n)}`, on: { click: ask } });
    const offer = () => actions.replaceChildren(copyButton(link, words.host.copy, { announcer: this.#announcer, className: "button button-quiet button-small" }), revoke());
    const act = () => this.#live.ask({ type: "revoke_invite", invite: id }).then(() => this.#fetched.again(), (refusal) => this.#fail(refusal.message));
    const ask = () => confirmIn(actions, w.revokeSure(n), { yes: w.revoke, close: offer, act });
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
