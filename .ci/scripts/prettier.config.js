/** The layout of scripts and styles: Prettier's own choices, with lines as long as in Python. */
export default {
  printWidth: 100,
  // Browsers that cannot run the others stumble over a comma after the last argument.
  overrides: [{ files: "watchdog.js", options: { trailingComma: "es5" } }],
};
