/** Which comments stand in the record, on which side, and in which words. */

import { t } from "../words.js";
import { FormDialog } from "./form_dialog.js";

/** As the server has it. */
const MOST = 500;

/** What a comment that stands in the record as it was written may be as long as.
 *
 *  @param {Wire.AnyComment} comment
 */
const limitOf = (comment) => Math.max(MOST, [...(comment.text ?? "")].length);

export class ArgumentDialog {
  #live;
  #dialog = new FormDialog("set-argument");

  /** @param {LiveBoard} live */
  constructor(live) {
    this.#live = live;
  }

  /** @param {Wire.AnyComment} comment */
  open(comment) {
    const { side, text } = this.#dialog.form.elements;
    const natural = comment.kind === "con" || comment.kind === "risk" ? "con" : "pro";
    side.value = comment.argument?.side ?? natural;
    text.value = comment.argument?.text || comment.text;
    text.maxLength = limitOf(comment);
    this.#dialog.open((data) => this.#send(comment, data));
  }

  /** @param {Wire.AnyComment} comment @param {FormValues} data */
  async #send(comment, data) {
    const side = /** @type {Wire.Side | null} */ (data.get("side") || null);
    const written = data.get("text").replaceAll("\r\n", "\n").trim();
    const text = !side || written === comment.text ? "" : written;
    if ([...text].length > MOST) throw new Error(t("host-argument-too-long", { max: MOST }));
    await this.#live.request({ type: "set_argument", comment: comment.id, side, text });
  }
}
