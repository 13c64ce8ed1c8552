/** What the service worker reads from a page, and writes into the copy that it stores. */

const STATIC = /\/static\/([0-9a-f]+)\//;

/** Whether a path is one of the files whose address names their content.
 *
 *  @param {string} path
 */
export const isStatic = (path) => STATIC.test(path);

/** The version of such a file.
 *
 *  @param {string} path
 */
export const versionOf = (path) => STATIC.exec(path)?.[1];

/** The path of a page that can be opened without a connection, the start page or a ballot; null for
 *  any other address. One with a query may hold an invitation.
 *
 *  @param {string} address
 *  @param {string} root the path under which the server is
 */
export function keptPath(address, root) {
  const { pathname, search } = new URL(address);
  if (search || !pathname.startsWith(`${root}/`)) return null;
  return /^\/(b\/[^/]+)?$/.test(pathname.slice(root.length)) ? pathname : null;
}

/** The code of the board that a page shows; empty for the start page.
 *
 *  @param {string} html
 */
export const codeOf = (html) => /<body [^>]*data-code="([^"]*)"/.exec(html)?.[1] ?? "";

/** The paths of the files that a page names.
 *
 *  @param {string} html
 */
export const filesOf = (html) => [
  ...new Set(
    [...html.matchAll(/"([^"]*)"/g)].map(([, path]) => path).filter((path) => isStatic(path)),
  ),
];

/** A page that says when it was stored.
 *
 *  @param {string} html
 *  @param {number} at
 */
export const stamped = (html, at) => html.replace("<body ", `<body data-stored="${at}" `);
