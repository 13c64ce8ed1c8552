/** Invitations: links that are claimed once. The link is shown while the seat is free. */

import { element, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { words } from "../words.js";
import { copyButton } from "./copy.js";
import { Roster } from "./roster.js";

const w = words.host.invites;
const SMALL = "button button-quiet button-small";

const when = (at) => at && new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(at);

function stateOf({ taken, taken_at: at, here, revoked }) {
  if (revoked) return w.revoked;
  if (!taken) return w.free;
  return here ? w.here : w.taken(when(at));
}

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
    const revoked = invites.filter((invite) => invite.revoked).length;
    const free = invites.filter(({ link }) => link);
    setText(this.#parts["invites-words"], invites.length ? w.counts(free.length, invites.length - free.length - revoked, revoked) : "");
    show(this.#parts["invites-print"], free.length > 0);
    const links = free.map(({ link }) => link).join("\n");
    if (this.#parts["invites-copy"].firstElementChild?.dataset.copy !== links) {
      this.#parts["invites-copy"].replaceChildren(...(links ? [copyButton(links, w.copyAll, { announcer: this.#announcer })] : []));
    }
    show(this.#parts["invite-list"], invites.length > 0);
    this.#list.render(invites);
  }

  #make(form) {
    return this.#roster.add({ count: form.elements.count.valueAsNumber }, ({ invites }) => this.#announcer.now(w.made(invites.length)));
  }

  #row({ n, id }) {
    const actions = element("span", { className: "row" });
    const state = element("span", { className: "soft" });
    let now = {};
    const button = (text, question, type) => element("button", { type: "button", className: SMALL, text, "aria-label": `${text}: ${w.name(n)}`, on: { click: () => ask(text, question, type) } });
    const offer = () =>
      actions.replaceChildren(
        ...(now.link ? [copyButton(now.link, words.host.copy, { announcer: this.#announcer, className: SMALL })] : []),
        button(w.renew, w.renewSure(n), "renew_invite"),
        button(w.revoke, w.revokeSure(n), "revoke_invite"),
      );
    const ask = (yes, question, type) => this.#roster.confirmGone(actions, question, { yes, close: offer, message: { type, invite: id } });
    const row = element("li", {}, element("span", { className: "num" }, w.name(n), " · ", state), actions);
    return {
      element: row,
      update(invite) {
        const isSame = invite.link === now.link && actions.hasChildNodes();
        now = invite;
        // What is being asked stays until it is answered, unless it is about another link now.
        if (!isSame) offer();
        setText(state, stateOf(invite));
        show(actions, !invite.revoked);
      },
    };
  }
}
