/** Says the sentences of `data/words/`. The server compiles them (`server/words/browser.py`) and
 *  sends them as a script of its own, which runs before the modules. */

/** @type {Record<string, Words.Pattern>} */
let messages = {};
/** @type {Record<"cardinal" | "ordinal", Intl.PluralRules>} */
let plurals;
/** @type {(options: Intl.NumberFormatOptions | undefined) => Intl.NumberFormat} */
let numberFormat;
let language = "en";
/** What stands before the fraction of a number; empty where the language has digits of its own. */
let decimalPoint = "";

/** Takes the sentences of a language, by their ids.
 *
 *  @param {string} tag such as `en`
 *  @param {Record<string, Words.Pattern>} catalogue
 *  @param {string} [decimal] what stands before the fraction of a number; empty where the language
 *    has digits of its own
 */
export function setCatalogue(tag, catalogue, decimal = "") {
  messages = catalogue;
  decimalPoint = decimal;
  ({ language } = new Intl.Locale(tag));
  plurals = {
    cardinal: new Intl.PluralRules(language),
    ordinal: new Intl.PluralRules(language, { type: "ordinal" }),
  };
  /** @type {Map<object | undefined, Intl.NumberFormat>} */
  const known = new Map();
  numberFormat = (options) => {
    const format =
      known.get(options) ?? new Intl.NumberFormat(language, { useGrouping: false, ...options });
    known.set(options, format);
    return format;
  };
}

/** Adds sentences, for modules that come later.
 *
 *  @param {Record<string, Words.Pattern>} more
 */
export const addMessages = (more) => Object.assign(messages, more);

/** A sentence with its arguments. What is wrong in a catalogue is seen in the text.
 *
 *  @type {<Id extends keyof Words.Messages>(
 *    id: Id, ...args: Words.Messages[Id] extends null ? [] : [Words.Messages[Id]]
 *  ) => string}
 */
export const t = (id, ...[args]) => filled(messages[id] ?? id, args ?? {});

/** What stands before, in and after the element in a sentence: its arguments `figure` and
 *  `figure_end`.
 *
 *  @param {number} n of comments
 */
export const commentCount = (n) =>
  t("talk-comments", { n, figure: "\uE000", figure_end: "\uE000" }).split("\uE000");

/** `A, B and C`, as an argument of a sentence.
 *
 *  @param {string[]} texts
 */
export const listOf = (texts) =>
  texts.length < 2
    ? texts.join("")
    : t("list-of-all", { others: seriesOf(texts.slice(0, -1)), last: texts[texts.length - 1] });

/** `A, B, C`.
 *
 *  @param {string[]} texts
 */
export const seriesOf = (texts) => texts.join(t("list-separator"));

/** `A · B`: short facts in a row, each complete by itself. Those that are empty are left out.
 *
 *  @param {(string | false | 0 | null | undefined)[]} texts
 */
export const facts = (texts) => texts.filter(Boolean).join(" · ");

/** Made when they are first used, because that takes a phone long; by their options.
 *  @type {Map<string, Intl.DateTimeFormat>} */
const FORMATS = new Map();

/** Formats days and times in the language of the sentences, as is usual where the reader lives.
 *
 *  @param {Intl.DateTimeFormatOptions} options
 *  @param {string} [reader] the language that the browser formats in
 */
export function dateFormat(options, reader) {
  const key = JSON.stringify([options, reader]);
  const known = FORMATS.get(key);
  if (known) return known;
  const locale = reader ?? new Intl.DateTimeFormat().resolvedOptions().locale;
  const { region } = new Intl.Locale(locale).maximize();
  const made = new Intl.DateTimeFormat(new Intl.Locale(language, { region }).toString(), options);
  FORMATS.set(key, made);
  return made;
}

/**
 *  @param {Words.Pattern} pattern
 *  @param {Record<string, string | number>} args
 *  @returns {string}
 */
function filled(pattern, args) {
  if (typeof pattern === "string") return pattern;
  return pattern.map((part) => (typeof part === "string" ? part : placed(part, args))).join("");
}

/** @param {Words.Placeable} part @param {Record<string, string | number>} args */
function placed(part, args) {
  const value = args[part.$];
  if ("of" in part) return filled(part.of[variantOf(part, value)], args);
  if (typeof value !== "number") return value ?? `{$${part.$}}`;
  return plainNumber(value, part.as) ?? numberFormat(part.as).format(value);
}

const DIGITS = /^(\d+)(?:\.(\d+))?$/;

/** Writes a number that need not be rounded, as `Intl.NumberFormat` would: a browser takes long to
 *  make its first format. Null for others.
 *
 *  @param {number} value
 *  @param {Intl.NumberFormatOptions} [options]
 */
function plainNumber(value, options = {}) {
  const { minimumFractionDigits: least = 0, useGrouping = false } = options;
  const { maximumFractionDigits: most = Math.max(least, 3) } = options;
  const [, whole, fraction = ""] = DIGITS.exec(String(value)) ?? [];
  if (!decimalPoint || useGrouping || !whole || fraction.length > most) return null;
  const shown = fraction.padEnd(least, "0");
  return shown ? whole + decimalPoint + shown : whole;
}

/** The variant for a value itself, or for its plural category; else the default.
 *
 *  @param {Words.Select} select
 *  @param {string | number} value
 */
function variantOf({ of, by = "cardinal", or }, value) {
  const keys = [String(value), ...(typeof value === "number" ? [plurals[by].select(value)] : [])];
  return keys.find((key) => Object.hasOwn(of, key)) ?? or;
}

if (globalThis.stackvoteWords) {
  const { language: tag, messages: sent, decimal } = globalThis.stackvoteWords;
  setCatalogue(tag, sent, decimal);
}
