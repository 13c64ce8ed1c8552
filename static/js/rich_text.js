/** A comment's text as nodes: links become links, `code` becomes code, the rest stays text.
 *
 *  `server/domain/rich_text.py` reads it in the same way; `tests/rich_text.json` holds both
 *  to it.
 */

import { element } from "./dom.js";

// Spelled out, because \s and \w mean other characters in other languages. The last part takes a
// word whole, so that no address begins inside one: older browsers cannot look behind.
const PIECE =
  /`([^`\n ](?:[^`\n]*[^`\n ])?)`|([Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s\ufeff<>"'`.,;:!?/@#()[\]][^\s\ufeff<>"'`]*)|[A-Za-z0-9]+/g;
const ENDS_A_SENTENCE = ".,;:!?*_~";
const BRACKETS = [
  [")", "("],
  ["]", "["],
];

/** Takes a text apart: `[kind, text]` with kind `text`, `link` or `code`.
 *  @returns {["text" | "link" | "code", string][]}
 *
 *  @param {string} text
 */
export function pieces(text) {
  /** @type {["text" | "link" | "code", string][]} */
  const found = [];
  let end = 0;
  for (const { 0: whole, 1: code, 2: address, index } of text.matchAll(PIECE)) {
    if (!code && !address) continue;
    /** @type {["link" | "code", string]} */
    const piece = code ? ["code", code] : ["link", trimmed(address)];
    if (index > end) found.push(["text", text.slice(end, index)]);
    found.push(piece);
    end = index + (code ? whole.length : piece[1].length);
  }
  if (end < text.length) found.push(["text", text.slice(end)]);
  return found;
}

/** Leaves out what ends the sentence round an address, and not the address.
 *
 *  @param {string} address
 */
function trimmed(address) {
  /** @param {string} sign */
  const count = (sign) => address.split(sign).length;
  // Counted once rather than for each character.
  const spare = new Map(BRACKETS.map(([shut, opening]) => [shut, count(shut) - count(opening)]));
  let end = address.length;
  for (
    ;
    ENDS_A_SENTENCE.includes(address[end - 1]) || (spare.get(address[end - 1]) ?? 0) > 0;
    end -= 1
  ) {
    const left = spare.get(address[end - 1]);
    if (left !== undefined) spare.set(address[end - 1], left - 1);
  }
  return address.slice(0, end);
}

/** @type {Record<string, (text: string) => Node | string>} */
const NODE = {
  text: (text) => text,
  code: (text) => element("code", { text }),
  link: (text) => element("a", { href: text, rel: "noopener nofollow", target: "_blank", text }),
};

/** `links: false` where links cannot be clicked.
 *
 *  @param {string} text
 *  @param {{ links?: boolean }} [of]
 */
export function richText(text, { links = true } = {}) {
  const nodes = document.createDocumentFragment();
  nodes.append(
    ...pieces(text).map(([kind, piece]) => NODE[kind === "link" && !links ? "text" : kind](piece)),
  );
  return nodes;
}
