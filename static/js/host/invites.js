/** Invitations: links that are claimed once. The link is shown while the seat is free. */

import { element, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { dateFormat, facts, t } from "../words.js";
import { copyButton } from "./copy.js";
import { EditableList } from "./editable_list.js";

const SMALL = "button button-quiet button-small";

/** @param {number} at */
const when = (at) =>
  dateFormat({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(at);

/** @param {Wire.InviteView} of */
function stateOf({ taken, taken_at: at, here, revoked }) {
  if (revoked) return t("invite-state", { state: "revoked" });
  if (taken && !here && at) return t("invite-taken-at", { time: when(at) });
  return t("invite-state", { state: !taken ? "free" : here ? "here" : "taken" });
}

/** @param {number} free @param {number} taken @param {number} revoked */
const counts = (free, taken, revoked) =>
  facts([
    free + taken + revoked > 0 && t("invite-count", { state: "free", n: free }),
    taken > 0 && t("invite-count", { state: "taken", n: taken }),
    revoked > 0 && t("invite-count", { state: "revoked", n: revoked }),
  ]);

export class Invites {
  #parts;
  #announcer;
  #list;
  #editable;

  /** @param {Parts} page @param {string} code @param {HostTools} of */
  constructor(page, code, { live, fail, announcer }) {
    this.#parts = page;
    this.#announcer = announcer;
    this.#list = new KeyedList(page["invite-list"], { make: (invite) => this.#row(invite) });
    this.#editable = new EditableList(
      `/api/boards/${code}/invites`,
      { fold: page.invites, form: page["invite-form"] },
      { live, fail, add: (form) => this.#make(form), show: ({ invites }) => this.#show(invites) },
    );
  }

  update() {
    this.#editable.update();
  }

  /** @param {Wire.InviteView[]} invites */
  #show(invites) {
    const revoked = invites.filter((invite) => invite.revoked).length;
    const free = invites.filter(({ link }) => link);
    setText(
      this.#parts["invites-words"],
      counts(free.length, invites.length - free.length - revoked, revoked),
    );
    show(this.#parts["invites-print"], free.length > 0);
    const links = free.map(({ link }) => link).join("\n");
    if (this.#parts["invites-copy"].firstElementChild?.dataset.copy !== links) {
      this.#parts["invites-copy"].replaceChildren(
        ...(links ? [copyButton(links, t("invite-copy-all"), { announcer: this.#announcer })] : []),
      );
    }
    show(this.#parts["invite-list"], invites.length > 0);
    this.#list.render(invites);
  }

  /** @param {HTMLFormElement} form */
  #make(form) {
    return this.#editable.add(
      { count: /** @type {any} */ (form.elements).count.valueAsNumber },
      ({ invites }) => this.#announcer.now(t("invite-made", { n: invites.length })),
    );
  }

  /** @param {Wire.InviteView} of */
  #row({ n, id }) {
    const actions = element("span", { className: "row" });
    const state = element("span", { className: "soft" });
    /** @type {Partial<Wire.InviteView>} */
    let now = {};
    /**
     *  @param {string} text
     *  @param {string} label
     *  @param {string} question
     *  @param {"renew_invite" | "revoke_invite"} type
     */
    const button = (text, label, question, type) =>
      element("button", {
        type: "button",
        className: SMALL,
        text,
        "aria-label": label,
        on: { click: () => ask(text, question, type) },
      });
    const offer = () =>
      actions.replaceChildren(
        ...(now.link
          ? [
              copyButton(now.link, t("host-copy"), {
                announcer: this.#announcer,
                className: SMALL,
              }),
            ]
          : []),
        button(
          t("invite-renew"),
          t("invite-renew-label", { n }),
          t("invite-renew-sure", { n }),
          "renew_invite",
        ),
        button(
          t("invite-revoke"),
          t("invite-revoke-label", { n }),
          t("invite-revoke-sure", { n }),
          "revoke_invite",
        ),
      );
    /**
     *  @param {string} yes
     *  @param {string} question
     *  @param {"renew_invite" | "revoke_invite"} type
     */
    const ask = (yes, question, type) =>
      this.#editable.confirmGone(actions, question, {
        yes,
        close: offer,
        message: { type, invite: id },
      });
    const row = element(
      "li",
      {},
      element("span", { className: "num" }, t("invite-name", { n }), " · ", state),
      actions,
    );
    return {
      element: row,
      /** @param {any} invite */
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
