/** A comment's text as nodes: links become links, `code` becomes code, the rest stays text. */

import { element } from "./dom.js";

// The end of a sentence is not the end of an address.
const PIECE = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])|`([^`\n]+)`/g;

export function richText(text) {
  const nodes = document.createDocumentFragment();
  let end = 0;
  for (const found of text.matchAll(PIECE)) {
    const [whole, address, code] = found;
    nodes.append(text.slice(end, found.index));
    nodes.append(address ? element("a", { href: address, rel: "noopener nofollow", target: "_blank", text: address }) : element("code", { text: code }));
    end = found.index + whole.length;
  }
  nodes.append(text.slice(end));
  return nodes;
}
