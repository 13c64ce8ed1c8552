/** Loaded before the tests: makes Node load the pages' scripts as browsers do. */

import { execFileSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { register } from "node:module";

/** As modules. A `package.json` that says so would be served along with the scripts. */
const HOOKS = `export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  return found.url.includes("/static/js/") ? { ...found, format: "module" } : found;
}`;

register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);

/* eslint no-extend-native: off */
// Available in every browser that the pages support, but in Node only since version 20 or 21.
globalThis.crypto ??= webcrypto;
Array.prototype.toSorted ??= function toSorted(compare) {
  return [...this].sort(compare);
};
Map.groupBy ??= function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
};

// The server compiles what the pages say.
const { setCatalogue } = await import("../../static/js/words.js");
const python = process.env.PYTHON ?? "python3";
setCatalogue(
  "en",
  JSON.parse(execFileSync(python, ["-m", "server.words.browser"], { encoding: "utf8" })),
  ".",
);
