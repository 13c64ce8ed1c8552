/** How English counts and lists. */

const PLURALS = new Intl.PluralRules("en");
const ORDINALS = new Intl.PluralRules("en", { type: "ordinal" });
const ENDINGS = { one: "st", two: "nd", few: "rd", other: "th" };
const LIST = new Intl.ListFormat("en", { type: "conjunction" });

export const count = (n, one, other) => `${n} ${PLURALS.select(n) === "one" ? one : other}`;

/** `A, B, and C`. */
export const joined = (names) => LIST.format(names);

/** `3rd`. */
export const ordinal = (n) => `${n}${ENDINGS[ORDINALS.select(n)]}`;
