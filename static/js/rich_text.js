/** A comment's text as nodes: links become links, `code` becomes code, the rest stays text.
 *
 *  `server/domain/rich_text.py` reads it in the same way; `tests/rich_text.json` holds both
 *  to it.
 */

import { element } from "./dom.js";

// Spelled out, because \s and \w mean other characters in other languages.
const PIECE = /`([^`\n ](?:[^`\n]*[^`\n ])?)`|(?<![A-Za-z0-9])([Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s\ufeff<>"'`.,;:!?/@#()[\]][^\s\ufeff<>"'`]*)/g;
const ENDS_A_SENTENCE = ".,;:!?*_~";
const BRACKETS = [[")", "("], ["]", "["]];

/** Takes a text apart: `[kind, text]` with kind `text`, `link` or `code`. */
export function pieces(text) {
  const found = [];
  let end = 0;
  for (const { 0: whole, 1: code, 2: address, index } of text.matchAll(PIECE)) {
    const piece = code ? ["code", code] : ["link", trimmed(address)];
    if (index > end) found.push(["text", text.slice(end, index)]);
    found.push(piece);
    end = index + (code ? whole.length : piece[1].length);
  }
  if (end < text.length) found.push(["text", text.slice(end)]);
  return found;
}

/** Leaves out what ends the sentence round an address, and not the address. */
function trimmed(address) {
  const count = (sign) => address.split(sign).length;
  // Counted once, not for each character anew.
  const spare = new Map(BRACKETS.map(([shut, opening]) => [shut, count(shut) - count(opening)]));
  let end = address.length;
  for (; ENDS_A_SENTENCE.includes(address[end - 1]) || spare.get(address[end - 1]) > 0; end -= 1) {
    if (spare.has(address[end - 1])) spare.set(address[end - 1], spare.get(address[end - 1]) - 1);
  }
  return address.slice(0, end);
}

const NODE = {
  text: (text) => text,
  code: (text) => element("code", { text }),
  link: (text) => element("a", { href: text, rel: "noopener nofollow", target: "_blank", text }),
};

/** `links: false` where nobody can click. */
export function richText(text, { links = true } = {}) {
  const nodes = document.createDocumentFragment();
  nodes.append(...pieces(text).map(([kind, piece]) => NODE[kind === "link" && !links ? "text" : kind](piece)));
  return nodes;
}
