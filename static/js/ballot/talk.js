/** The talk about one option. Built when it is opened for the first time: a board can have
 *  two thousand comments, and a phone shows those of one card. */

import { element, fromTemplate, setText, show } from "../dom.js";
import { KeyedList } from "../keyed_list.js";
import { asComment } from "../live/state.js";
import { CommentView } from "../board/comment_view.js";
import { words } from "../words.js";
import { CommentActions } from "./comment_actions.js";
import { SayForm } from "./say_form.js";

export class Talk {
  #root;
  #parts;
  #live;
  #own;
  #option = null;
  #said = null;
  #isOpen = true;
  #list = null;
  #form = null;
  #closed = null;

  constructor(root, parts, { live, own }) {
    this.#root = root;
    this.#parts = parts;
    this.#live = live;
    this.#own = own;
    root.addEventListener("toggle", () => root.open && this.#render());
  }

  /** `said` are the comments on this option, oldest first, those on their way included. */
  update(option, said) {
    const isOpen = this.#live.state.board.settings.comments !== "closed";
    if (said === this.#said && option === this.#option && isOpen === this.#isOpen) return;
    this.#option = option;
    this.#said = said;
    this.#isOpen = isOpen;
    const visible = said.filter(({ comment }) => !comment.deleted).length;
    const [n, noun] = words.comments(visible);
    setText(this.#parts["talk-count"].firstElementChild, n);
    setText(this.#parts["talk-count"].lastChild, noun);
    setText(this.#parts["talk-name"], option.name);
    if (this.#root.open) this.#render();
  }

  /** The server did not take a comment: its text goes back to where it was written. */
  restore(text) {
    this.#root.open = true;
    this.#render();
    this.#form.restore(text);
  }

  #render() {
    if (!this.#list) this.#build();
    const isOpen = this.#isOpen;
    show(this.#form.element, isOpen);
    show(this.#closed, !isOpen);
    const byParent = Map.groupBy(this.#said, ({ comment }) => comment.parent ?? "");
    const roots = (byParent.get("") ?? []).map((entry) => ({ ...entry, isOpen, replies: (byParent.get(entry.comment.id) ?? []).map((reply) => ({ ...reply, isOpen, replies: [] })) }));
    this.#list.render(roots.filter(isWorthShowing).sort(byPin));
  }

  #build() {
    const list = element("ol", { className: "comments" });
    this.#closed = element("p", { className: "soft small", text: words.commentsClosed });
    this.#form = new SayForm({ label: words.yourComment(this.#option.name), withKind: true, post: (text, kind) => this.#say(text, kind) });
    this.#parts["talk-body"].replaceChildren(list, this.#form.element, this.#closed);
    this.#list = new KeyedList(list, { key: ({ comment }) => comment.id, make: () => new Said(this.#live, this.#own) });
  }

  #say(text, kind) {
    this.#live.tell({ type: "comment", comment: this.#own.newComment(), option: this.#option.id, kind, text });
  }
}

class Said {
  #view = new CommentView(fromTemplate("comment"));
  #actions;
  #replies;

  constructor(live, own) {
    this.element = this.#view.element;
    this.#actions = new CommentActions(this.#view, { live, own });
    this.#replies = new KeyedList(this.#view.parts.replies, { key: ({ comment }) => comment.id, make: () => new Said(live, own) });
  }

  update({ comment, isPending, isOpen, replies }) {
    this.#view.update(comment, { isPending });
    this.#actions.update(comment, { isPending, isOpen });
    this.#replies.render(replies.filter(isWorthShowing));
  }
}

/** All that was said, by option: the server's, with what is on its way laid over it. The
 *  same object as before while nothing was said. */
export class SaidByOption {
  #stamp = null;
  #byOption = new Map();

  of(live) {
    const stamp = `${live.state.said} ${live.outbox.stamp}`;
    if (stamp !== this.#stamp) this.#byOption = saidByOption(live);
    this.#stamp = stamp;
    return this.#byOption;
  }
}

function saidByOption({ state, outbox }) {
  const edits = new Map(outbox.waiting("edit_comment").map((message) => [message.comment, message.text]));
  const gone = new Set(outbox.waiting("delete_comment").map((message) => message.comment));
  const entries = [...state.comments.values()].map((comment) => {
    if (gone.has(comment.id)) return { comment: { id: comment.id, option: comment.option, deleted: true }, isPending: true };
    if (edits.has(comment.id)) return { comment: { ...comment, text: edits.get(comment.id) }, isPending: true };
    return { comment, isPending: false };
  });
  for (const message of outbox.waiting("comment")) {
    if (!state.comments.has(message.comment)) entries.push({ comment: asComment(message, state.you), isPending: true });
  }
  return Map.groupBy(entries, ({ comment }) => comment.option);
}

/** A deleted comment keeps its place only where somebody has answered it. */
const isWorthShowing = ({ comment, replies }) => !comment.deleted || replies?.some(isWorthShowing);

const byPin = (a, b) => Number(b.comment.pinned ?? false) - Number(a.comment.pinned ?? false);
