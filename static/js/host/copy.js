/** Buttons that copy an address. The clipboard is missing over plain HTTP in a meeting
 *  room's network, so the old way stays as a second one. */

import { element } from "../dom.js";
import { t } from "../words.js";

const MOMENT_MS = 2_000;

/** @param {ParentNode} root @param {Announcer} announcer */
export function startCopyButtons(root, announcer) {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (
    root.querySelectorAll("[data-copy]")
  )) {
    button.addEventListener("click", () => copy(button, announcer));
  }
}

/** A button that copies `text`.
 *
 *  @param {string} text
 *  @param {string} says
 *  @param {{ announcer: Announcer, className?: string }} of
 */
export function copyButton(text, says, { announcer, className = "button button-small" }) {
  const button = element("button", { type: "button", className, text: says, data: { copy: text } });
  button.addEventListener("click", () => copy(button, announcer));
  return button;
}

/** @param {HTMLButtonElement} button @param {Announcer} announcer */
async function copy(button, announcer) {
  const isCopied = (await copyNew(button.dataset.copy ?? "")) || copyOld(button);
  const said = t(isCopied ? "host-copied" : "host-copy-failed");
  const before = button.dataset.says ?? button.textContent;
  button.dataset.says = before;
  button.textContent = said;
  announcer.now(said);
  setTimeout(() => (button.textContent = before), MOMENT_MS);
}

/** @param {string} text */
async function copyNew(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {HTMLButtonElement} button */
function copyOld(button) {
  const field = element("textarea", { className: "visually-hidden", value: button.dataset.copy });
  button.after(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  button.focus();
  return isCopied;
}
