/** Shows what the server understands of a list while it is being typed, line by line. */

import { callApi } from "../api.js";
import { element, part, setText, show } from "../dom.js";
import { t } from "../words.js";

const PAUSE_MS = 300;

export class ListPreview {
  #root;
  #input;
  #board;
  #understood;
  #timer = 0;
  /** The text of the latest question; an answer to an older one is dropped. */
  #asked = "";
  /** What was understood of the text that is typed now; null while that is not known.
   *
   *  @type {Wire.ListView | null}
   */
  read = null;

  /** `board` is the code of the board that the options are for, if it exists already;
   *  `understood(read)` is called with every answer.
   *
   *  @param {ParentNode} root has the parts `read-list`, `read-words` and `read-lines`
   *  @param {HTMLTextAreaElement} input
   *  @param {{ board?: string, understood: (read: Wire.ListView) => void }} of
   */
  constructor(root, input, { board = "", understood }) {
    this.#root = root;
    this.#input = input;
    this.#board = board;
    this.#understood = understood;
    input.addEventListener("input", () => this.#ask());
    if (input.value.trim()) this.#ask();
  }

  /** Puts a text in place of what is typed.
   *
   *  @param {string} text
   */
  take(text) {
    this.#input.value = text;
    this.#ask();
  }

  #ask() {
    clearTimeout(this.#timer);
    this.read = null;
    this.#asked = this.#input.value;
    if (this.#asked.trim()) this.#timer = window.setTimeout(() => this.#fetch(), PAUSE_MS);
    else show(part(this.#root, "read-list"), false);
  }

  /** What is understood of the text that is typed now.
   *
   *  @returns {Promise<Wire.ListView | null>}
   */
  async latest() {
    clearTimeout(this.#timer);
    this.#asked = this.#input.value;
    if (!this.read) await this.#fetch();
    return this.read;
  }

  async #fetch() {
    const text = this.#asked;
    /** @type {Wire.ListView} */
    let read;
    try {
      read = await callApi("/api/lists", { text, board: this.#board });
    } catch (problem) {
      read = { title: "", context: "", lines: [], problem: /** @type {Error} */ (problem).message };
    }
    if (text !== this.#asked) return;
    this.read = read;
    this.#render(read);
    this.#understood(read);
  }

  /** @param {Wire.ListView} read */
  #render({ lines, problem }) {
    const found = lines.filter((line) => line.option).length;
    setText(part(this.#root, "read-words"), problem || t("list-understood", { n: found }));
    part(this.#root, "read-lines").replaceChildren(...lines.map(shown));
    show(part(this.#root, "read-list"), true);
  }
}

/** @param {Wire.LineView} of */
function shown({ line, option, problem }) {
  const about = option
    ? [
        element("b", { text: option.name }),
        said(option.strapline ?? "", ""),
        said(option.link ?? "", "soft"),
        said(problem, "read-problem"),
      ]
    : [element("span", { className: "soft", text: t("list-heading") })];
  const data = { ...(problem && { problem: "" }), ...(!option && { leftOut: "" }) };
  return element(
    "li",
    { data },
    element("span", { className: "num soft", text: String(line) }),
    element("span", { className: "read-line" }, ...about),
  );
}

/** @param {string} text @param {string} className */
const said = (text, className) => (text ? element("span", { className, text: ` ${text}` }) : null);

/** Reads a file that is chosen, or dropped on the page, as text.
 *
 *  @param {HTMLElement} target
 *  @param {HTMLInputElement} input
 *  @param {(text: string) => void} take
 */
export function takeFiles(target, input, take) {
  /** @param {FileList | null | undefined} files */
  const read = async (files) => {
    const file = files?.[0];
    if (!file) return;
    take(decoded(await file.arrayBuffer()));
    // The text is in its field now, where it can be changed.
    input.value = "";
  };
  input.addEventListener("change", () => read(input.files));
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    target.dataset.dropping = "";
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) delete target.dataset.dropping;
  });
  document.addEventListener("drop", (event) => {
    delete target.dataset.dropping;
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    target.scrollIntoView({ block: "center" });
    read(event.dataTransfer.files);
  });
}

/** Decodes a text file as people have them, as the server does: UTF-8, UTF-16 with a mark, or that
 *  of old Windows.
 *
 *  @param {ArrayBuffer} content
 */
function decoded(content) {
  const [first, second] = new Uint8Array(content);
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(content);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(content);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return new TextDecoder("windows-1252").decode(content);
  }
}
