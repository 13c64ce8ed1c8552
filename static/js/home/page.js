/** The start page: the boards that this browser knows, newest first. */

import { knownBoards } from "../board/known_boards.js";
import { element, paint, part, show } from "../dom.js";
import { words } from "../words.js";

const DAY_MS = 86_400_000;

function when(at) {
  const startOfToday = new Date().setHours(0, 0, 0, 0);
  if (at >= startOfToday) return words.home.today;
  if (at >= startOfToday - DAY_MS) return words.home.yesterday;
  return new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" }).format(at);
}

function line({ code, title, role, decided, at }) {
  const page = role === "host" ? `/b/${code}/host` : `/b/${code}`;
  const marks = [decided ? words.home.decided : words.home.roles[role], when(at)].join(" · ");
  return element("li", {}, element("a", { href: page }, element("span", { text: title }), element("span", { className: "soft small", text: marks })));
}

paint();
const boards = knownBoards();
part(document, "known-list").replaceChildren(...boards.map(line));
show(part(document, "known"), boards.length > 0);
