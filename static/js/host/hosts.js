/** The hosts of the board: add one, remove one, hand the board over. */

import { element, setText } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { t } from "../words.js";
import { copyButton } from "./copy.js";
import { EditableList } from "./editable_list.js";

export class Hosts {
  #parts;
  #announcer;
  #list;
  #editable;

  /** @param {Parts} page @param {string} code @param {HostTools} of */
  constructor(page, code, { live, fail, announcer }) {
    this.#parts = page;
    this.#announcer = announcer;
    this.#list = new KeyedList(page["host-list"], {
      key: ({ host }) => host,
      make: (host) => this.#row(host),
    });
    this.#editable = new EditableList(
      `/api/boards/${code}/hosts`,
      { fold: page.hosts, form: page["host-form"] },
      { live, fail, add: (form) => this.#add(form), show: ({ hosts }) => this.#show(hosts) },
    );
  }

  update() {
    this.#editable.update();
  }

  /** @param {Wire.HostView[]} hosts */
  #show(hosts) {
    setText(this.#parts["hosts-count"], String(hosts.length));
    this.#list.render(hosts.map((host) => ({ ...host, isLast: hosts.length === 1 })));
  }

  /** @param {HTMLFormElement} form */
  #add(form) {
    return this.#editable.add(
      { name: /** @type {any} */ (form.elements).name.value.trim() },
      ({ name, link, qr }) => {
        form.reset();
        const field = element("input", {
          className: "input",
          readOnly: true,
          value: link,
          "aria-label": t("hosts-link", { name }),
        });
        this.#parts["host-new"].replaceChildren(
          element("p", { text: t("hosts-added", { name }) }),
          element("img", { className: "qr host-qr", src: qr, alt: t("hosts-qr", { name }) }),
          field,
          copyButton(link, t("host-copy"), { announcer: this.#announcer }),
        );
        field.focus();
        field.select();
      },
    );
  }

  /** @param {Wire.HostView} of */
  #row({ host, name, you }) {
    const shown = name ?? t("hosts-first");
    const actions = element("span", { className: "row" });
    const says = t(you ? "hosts-give-up" : "host-remove");
    const offer = () =>
      actions.replaceChildren(
        element("button", {
          type: "button",
          className: "button button-quiet button-small",
          text: says,
          "aria-label": t(you ? "hosts-give-up-label" : "hosts-remove-label", { name: shown }),
          on: { click: ask },
        }),
      );
    const question = you ? t("hosts-give-up-sure") : t("hosts-remove-sure", { name: shown });
    const ask = () =>
      this.#editable.confirmGone(actions, question, {
        yes: says,
        close: offer,
        message: { type: "remove_host", host },
      });
    offer();
    const row = element(
      "li",
      {},
      element(
        "span",
        {},
        element("b", { text: shown }),
        you ? element("span", { className: "soft", text: ` ${t("hosts-you")}` }) : null,
      ),
      actions,
    );
    return {
      element: row,
      update: (/** @type {{ isLast: boolean }} */ { isLast }) => (actions.hidden = isLast),
    };
  }
}
