/** Where the server is: at the root of its host, or under a path of it. */

/** The path of one of the server's own addresses, such as `/b/K7QF2M`.
 *
 *  @param {string} path
 */
export const rooted = (path) => `${document.body.dataset.root ?? ""}${path}`;
