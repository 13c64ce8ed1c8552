/** The start page: the boards that this browser knows, newest first, and a list of one's own. */

import { ListPreview, takeFiles } from "../board/list_preview.js";
import { knownBoards } from "../board/known_boards.js";
import { Notices } from "../board/notices.js";
import { element, part, setText, show, startPage } from "../dom.js";
import { keepsCookies } from "../live/cookies.js";
import { rooted } from "../root.js";
import { dateFormat, facts, t } from "../words.js";
import { Example } from "./example.js";

/** Boards that this many are older than are folded. */
const SHOWN = 4;
const DAY_MS = 86_400_000;

/** @param {number} at */
function when(at) {
  const startOfToday = new Date().setHours(0, 0, 0, 0);
  if (at >= startOfToday) return t("home-today");
  if (at >= startOfToday - DAY_MS) return t("home-yesterday");
  return dateFormat({ day: "numeric", month: "short" }).format(at);
}

/** @param {KnownBoard} of */
function line({ code, title, role, decided, deferred, archived, recorded, at }) {
  const page = rooted(role === "host" ? `/b/${code}/host` : `/b/${code}`);
  const came = decided ? t("home-decided") : deferred ? t("home-deferred") : null;
  const marks = facts([archived && t("home-archived"), came ?? t("home-role", { role }), when(at)]);
  return element(
    "li",
    {},
    element(
      "a",
      { href: page },
      element("span", { text: title }),
      element("span", { className: "soft small", text: marks }),
    ),
    ...(recorded
      ? [
          element("a", {
            className: "known-record",
            href: rooted(`/b/${code}/record`),
            text: t("home-record"),
          }),
        ]
      : []),
  );
}

function showBoards() {
  const boards = knownBoards();
  const rest = boards.length > SHOWN + 1 ? boards.splice(SHOWN) : [];
  part(document, "known-list").replaceChildren(...boards.map(line));
  part(document, "known-rest").replaceChildren(...rest.map(line));
  setText(part(document, "known-more-words"), t("home-more-boards", { n: rest.length }));
  show(part(document, "known-more"), rest.length > 0);
  if (!boards.length) return;
  show(part(document, "known"), true);
  show(part(document, "boards"), true);
}

function startForm() {
  const form = part(document, "own-form");
  const { title, options, context, file } = form.elements;
  const preview = new ListPreview(form, options, {
    /** What the text says of the board fills in what is still empty. */
    understood(read) {
      title.value ||= read.title;
      context.value ||= read.context;
      if (read.context) part(document, "own-more").open = true;
    },
  });
  takeFiles(form, file, (text) => preview.take(text));
}

startPage(() => {
  const notices = new Notices(part(document, "notices"));
  if (!keepsCookies()) notices.say(t("home-no-cookies"));
  if (document.body.dataset.stored) notices.say(t("home-offline"), { isBad: false });
  showBoards();
  startForm();
  new Example(part(document, "example")).start();
});
