/** Fails where a script or a style uses what a browser in `browsers.json` lacks, by the published
 *  tables of MDN. In styles, what stands in `@supports` may be missing; so may `DECORATION`.
 *
 *  Usage: node browsers.js FOLDER, which has `css/` and `js/`. */

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import postcss from "postcss";
import ts from "typescript";

const require = createRequire(import.meta.url);
const known = require("@mdn/browser-compat-data");
const browsers = require("./browsers.json");

/** What a page does without: it looks or moves a little differently, and says the same. */
const DECORATION = new Set([
  "css.at-rules.media.forced-colors",
  "css.at-rules.media.scripting",
  "css.at-rules.page",
  "css.at-rules.property",
  "css.properties.backdrop-filter",
  "css.properties.break-after.avoid",
  "css.properties.break-before.avoid",
  "css.properties.contain-intrinsic-size",
  "css.properties.content-visibility",
  "css.properties.cursor",
  "css.properties.field-sizing",
  "css.properties.forced-color-adjust",
  "css.properties.forced-color-adjust.none",
  "css.properties.mask-image",
  "css.properties.overflow-clip-margin",
  "css.properties.overscroll-behavior",
  "css.properties.print-color-adjust",
  "css.properties.print-color-adjust.exact",
  "css.properties.resize",
  "css.properties.scrollbar-width",
  "css.properties.size",
  "css.properties.text-size-adjust",
  "css.properties.text-wrap",
  "css.selectors.user-invalid",
]);

/** What the scripts ask for before they use it. */
const ASKED_FOR = new Set([
  "api.Document.exitFullscreen",
  "api.Document.fullscreenElement",
  "api.Document.fullscreenEnabled",
  "api.Element.requestFullscreen",
  "api.Navigator.share",
  "api.Navigator.wakeLock",
  "api.WakeLock.request",
]);

/** Where a function or a unit of CSS is described. */
const FUNCTIONS = ["css.types.color", "css.types", "css.types.transform-function"];
const UNITS = {
  d: "css.types.length.viewport_percentage_units_dynamic",
  l: "css.types.length.viewport_percentage_units_large",
  s: "css.types.length.viewport_percentage_units_small",
};
/** What the types call the interfaces into which the tables fold them. */
const MIXINS = ["Element", "HTMLElement", "Document", "Window", "Node", "EventTarget"];

/** @param {string} name such as `css.properties.color` */
const described = (name) => name.split(".").reduce((at, key) => at?.[key], known);

/** @param {string} a @param {string} b */
function isNewer(a, b) {
  const [one, other] = [a, b].map((version) => version.replace("≤", "").split(".").map(Number));
  return one[0] !== other[0] ? one[0] > other[0] : (one[1] ?? 0) > (other[1] ?? 0);
}

/** The browsers of ours that lack a feature of the tables. */
function lacking(entry) {
  return Object.entries(browsers).filter(([browser, oldest]) => {
    const stated = [entry.support[browser]].flat().filter(Boolean);
    return !stated.some(
      ({ version_added: since, version_removed: until, flags, prefix, alternative_name: other }) =>
        since &&
        !flags &&
        !prefix &&
        !other &&
        since !== "preview" &&
        !isNewer(since, oldest) &&
        !(until && until !== "preview" && !isNewer(until, oldest)),
    );
  });
}

const faults = [];

/** @param {string[]} names of which the first that the tables know is looked at */
function look(where, ...names) {
  const name = names.find((one) => described(one)?.__compat);
  if (!name || DECORATION.has(name) || ASKED_FOR.has(name)) return;
  const without = lacking(described(name).__compat);
  if (without.length)
    faults.push(`${where}: ${name} is not in ${without.map((each) => each.join(" ")).join(", ")}`);
}

/** What of one value a browser may lack, as names in the tables. */
function* ofValue(property, value) {
  const plain = value.replace(/url\([^)]*\)|"[^"]*"|var\(--[\w-]+|--[\w-]+/g, " ");
  for (const [, name] of plain.matchAll(/([a-z][\w-]*)\(/gi))
    yield FUNCTIONS.map((place) => `${place}.${name}`);
  for (const [, name] of plain.matchAll(/([a-z]+)\(\s*from\s/gi))
    yield [`css.types.color.${name}.relative_syntax`];
  for (const [, size] of plain.matchAll(/\d([dls])v(?:h|w|i|b|min|max)\b/gi)) yield [UNITS[size]];
  if (!property.startsWith("--"))
    for (const [word] of plain.matchAll(/(?<![\w-])[a-z][a-z-]+(?![\w(-])/gi))
      yield [`css.properties.${property}.${word}`];
}

/** Whether the declaration before it says the same by its older name. */
const prefixed = (declaration) => declaration.prev()?.prop === `-webkit-${declaration.prop}`;

function checkDeclaration(where, declaration) {
  const { prop, value } = declaration;
  const isPlain = !prop.startsWith("-");
  if (isPlain && !prefixed(declaration)) look(where, `css.properties.${prop}`);
  if (DECORATION.has(`css.properties.${prop}`)) return;
  // An older browser keeps the value before it, unless a variable hides that it is not understood.
  const before = declaration.prev();
  if (before?.prop === prop && !value.includes("var(")) return;
  for (const names of ofValue(prop, value)) look(where, ...names);
}

function checkStyle(file) {
  const root = postcss.parse(readFileSync(file, "utf8"), { from: file });
  root.walk((node) => {
    const where = `${file}:${node.source.start.line}`;
    for (let at = node.parent; at; at = at.parent) if (at.name === "supports") return;
    if (node.type === "decl") checkDeclaration(where, node);
    if (node.type === "rule")
      for (const [, name] of node.selector.matchAll(/:{1,2}([a-z][\w-]*)/gi))
        look(where, `css.selectors.${name}`);
    if (node.type === "atrule" && node.name !== "supports") {
      look(where, `css.at-rules.${node.name}`);
      for (const [, name] of node.params.matchAll(/\(\s*([a-z-]+)/gi))
        look(where, `css.at-rules.${node.name}.${name.replace(/^(min|max)-/, "")}`);
    }
  });
}

/** All names under which the tables know a property of something, where its type is not known. */
const byMember = new Map();
for (const place of [known.javascript.builtins, known.api])
  for (const of of Object.values(place))
    for (const [member, { __compat }] of Object.entries(of))
      if (__compat) byMember.set(member, [...(byMember.get(member) ?? []), __compat]);

function checkScripts(files) {
  const options = {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    strict: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    types: [],
  };
  const program = ts.createProgram([...files, ...DECLARED], options);
  const checker = program.getTypeChecker();

  for (const file of files) {
    const source = program.getSourceFile(file);
    const visit = (node) => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      const where = `${file}:${line + 1}`;
      if (ts.isIdentifier(node)) checkName(where, node, checker);
      if (ts.isClassStaticBlockDeclaration(node))
        look(where, "javascript.classes.static.initialization_blocks");
      if (ts.isRegularExpressionLiteral(node)) checkPattern(where, node.text);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
}

function checkName(where, node, checker) {
  const { parent } = node;
  const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node;
  const symbol = checker.getSymbolAtLocation(node);
  const declared = symbol?.declarations?.find((one) =>
    /[/\\]lib\.[^/\\]*\.d\.ts$/.test(one.getSourceFile().fileName),
  );
  if (declared) {
    const of = declared.parent?.name?.text?.replace(/Constructor$|^Readonly(?=Array|Map|Set)/, "");
    const interfaces = of ? [of, ...MIXINS] : [];
    look(
      where,
      ...interfaces.flatMap((one) => [
        `javascript.builtins.${one}.${node.text}`,
        `javascript.builtins.Intl.${one}.${node.text}`,
        `api.${one}.${node.text}`,
      ]),
      ...(of
        ? []
        : [`javascript.builtins.${node.text}`, `api.${node.text}`, `api.Window.${node.text}`]),
    );
  } else if (isMember && checker.getTypeAtLocation(parent.expression).flags & ts.TypeFlags.Any) {
    const entries = byMember.get(node.text) ?? [];
    if (entries.length && entries.every((entry) => lacking(entry).length))
      faults.push(`${where}: no ${node.text} is in all of the named browsers`);
  }
}

function checkPattern(where, text) {
  const flags = text.slice(text.lastIndexOf("/") + 1);
  if (/\(\?<[=!]/.test(text)) look(where, "javascript.regular_expressions.lookbehind_assertion");
  if (/\(\?[ims-]+:/.test(text)) look(where, "javascript.regular_expressions.modifier");
  if (flags.includes("v")) look(where, "javascript.builtins.RegExp.unicodeSets");
  if (flags.includes("d")) look(where, "javascript.builtins.RegExp.hasIndices");
}

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const DECLARED = ["pages.d.ts", "words.d.ts", "../../docs/protocol.d.ts"].map((each) =>
  path.join(here, each),
);
const [folder] = process.argv.slice(2);
/** @param {string} ending */
const files = (ending) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => path.join(folder, name));

for (const file of files(".css")) checkStyle(file);
checkScripts(files(".js"));
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length ? 1 : 0;
