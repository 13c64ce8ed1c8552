/** The dialogs of the console that change the board itself. */

import { failedGates } from "../board/gates.js";
import { optionsById } from "../board/votable.js";
import { element, part } from "../dom.js";
import { t } from "../words.js";
import { FormDialog } from "./form_dialog.js";
import { RowsEditor } from "./rows_editor.js";

/** The question: its title and context. */
export class EditBoard {
  #live;
  #dialog = new FormDialog("edit-board");

  /** @param {LiveBoard} live */
  constructor(live) {
    this.#live = live;
  }

  open() {
    const { title, context } = this.#live.state.board;
    this.#dialog.form.elements.title.value = title;
    this.#dialog.form.elements.context.value = context;
    this.#dialog.open((data) =>
      this.#live.request({
        type: "set_board",
        title: data.get("title").trim(),
        context: data.get("context").trim(),
      }),
    );
  }
}

const DAY_MS = 86_400_000;

/** The day after `now` (in ms) where the reader is, as the value of a date field.
 *
 *  @param {number} now
 */
function tomorrow(now) {
  const day = new Date(now + DAY_MS);
  day.setMinutes(day.getMinutes() - day.getTimezoneOffset());
  return day.toISOString().slice(0, 10);
}

/** Bytes of a message that the server takes, with some room for its id. */
const MOST_BYTES = 16_000;

/** What was decided, why, and what follows from it. */
export class Decide {
  #live;
  #dialog = new FormDialog("decide");
  #follows;
  #consequences;
  #predictions;

  /** @param {LiveBoard} live */
  constructor(live) {
    this.#live = live;
    const { form } = this.#dialog;
    this.#follows = /** @type {HTMLDetailsElement} */ (part(form, "follows"));
    this.#consequences = new RowsEditor(part(form, "consequences"), part(form, "add-consequence"), {
      most: 10,
      remove: t("decide-remove-consequence"),
      fields: [
        { name: "text", label: t("decide-consequence"), maxLength: 200 },
        { name: "owner", label: t("decide-owner"), maxLength: 80 },
      ],
    });
    this.#predictions = new RowsEditor(
      part(form, "prediction-rows"),
      part(form, "add-prediction"),
      {
        most: 5,
        remove: t("decide-remove-prediction"),
        fields: [
          { name: "text", label: t("decide-prediction"), maxLength: 280 },
          {
            name: "confidence",
            label: t("decide-confidence"),
            type: "number",
            min: "0",
            max: "100",
            required: true,
          },
        ],
      },
    );
  }

  open() {
    const { board, result, now } = this.#live.state;
    const { option, because, confirmation, revisit_on: revisitOn } = this.#dialog.form.elements;
    const { decision } = board;
    const winners = result?.winners ?? [];
    // Further discussion can be decided for where it won; what fails a must-have cannot.
    const choices = [...optionsById({ board }).values()].filter(
      ({ id }) =>
        (board.options.some((known) => known.id === id) || winners.includes(id)) &&
        !failedGates(board, id).length,
    );
    option.replaceChildren(
      ...choices.map(({ id, name }) => element("option", { value: id, text: name })),
    );
    option.value =
      [decision?.option, ...winners].find((id) => choices.some((known) => known.id === id)) ??
      choices[0]?.id;
    revisitOn.min = tomorrow(now);
    because.value = decision?.because ?? "";
    revisitOn.value = decision?.revisit_on ?? "";
    confirmation.value = decision?.confirmation ?? "";
    this.#consequences.fill(decision?.consequences ?? []);
    this.#predictions.fill(decision?.predictions ?? []);
    this.#follows.open = Boolean(
      decision?.confirmation ?? decision?.consequences ?? decision?.predictions,
    );
    this.#dialog.open((data) => this.#send(data));
  }

  /** @param {FormValues} data */
  async #send(data) {
    const consequences = this.#consequences.value;
    const predictions = this.#predictions.value.map(({ text, confidence }) => ({
      text,
      confidence: Number(confidence),
    }));
    const confirmation = data.get("confirmation").trim();
    const decided = {
      type: /** @type {const} */ ("decide"),
      option: data.get("option"),
      because: data.get("because").trim(),
      revisit_on: data.get("revisit_on") || null,
      ...(consequences.length && { consequences }),
      ...(confirmation && { confirmation }),
      ...(predictions.length && { predictions }),
    };
    if (new TextEncoder().encode(JSON.stringify(decided)).length > MOST_BYTES)
      throw new Error(t("decide-too-long"));
    await this.#live.request(decided);
  }
}

/** Why nothing is decided yet, and who brings it back when. */
export class Defer {
  #live;
  #dialog = new FormDialog("defer");

  /** @param {LiveBoard} live */
  constructor(live) {
    this.#live = live;
  }

  open() {
    const { board, now } = this.#live.state;
    const { owner, because, revisit_on: revisitOn } = this.#dialog.form.elements;
    owner.value = board.deferral?.owner ?? "";
    because.value = board.deferral?.because ?? "";
    revisitOn.value = board.deferral?.revisit_on ?? "";
    revisitOn.min = tomorrow(now);
    this.#dialog.open((data) =>
      this.#live.request({
        type: "defer",
        owner: data.get("owner").trim(),
        because: data.get("because").trim(),
        revisit_on: data.get("revisit_on"),
      }),
    );
  }
}
