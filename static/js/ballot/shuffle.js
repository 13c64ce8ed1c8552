/** Every seat sees the options in an order of its own, the same on each visit, so that no
 *  option gains by standing first. `server/domain/shuffle.py` does the same. */

const UTF8 = new TextEncoder();

/** FNV-1a, 32 bits, of a text's UTF-8 bytes.
 *
 *  @param {string} text
 */
export function fnv1a(text) {
  let hash = 0x811c9dc5;
  for (const byte of UTF8.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** Ids in the order in which the seat sees them in round n; the last line stays the last.
 *
 *  @param {string[]} ids
 *  @param {string} seat
 *  @param {number} n
 */
export function shuffled(ids, seat, n) {
  const key = new Map(
    ids.map((id) => [id, id === "further-discussion" ? Infinity : fnv1a(`${seat}:${n}:${id}`)]),
  );
  const at = (/** @type {string} */ id) => key.get(id) ?? 0;
  return [...ids].sort((a, b) => at(a) - at(b) || (a < b ? -1 : 1));
}
