/** What this browser keeps, as JSON. A browser may refuse to keep anything (private
 *  windows, full disk); then it lasts as long as the page does. */

/** @type {Map<string, string>} */
const fallback = new Map();

/** Whether the browser keeps anything here. */
export function keeps() {
  const key = "stackvote:tried";
  save(key, 1);
  const isKept = !fallback.has(key);
  remove(key);
  return isKept;
}

/** @param {string} key @param {any} value */
export function save(key, value) {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(key, text);
    fallback.delete(key);
  } catch {
    fallback.set(key, text);
  }
}

/** @param {string} key @param {any} [otherwise] what there is where nothing can be read */
export function load(key, otherwise = null) {
  /** @type {string | null | undefined} */
  let text = fallback.get(key);
  try {
    text ??= localStorage.getItem(key);
    return text === null || text === undefined ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** @param {string} key */
export function remove(key) {
  fallback.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept there.
  }
}

/** @param {string} prefix */
export function keysWith(prefix) {
  /** @type {Set<string>} */
  const keys = new Set(fallback.keys());
  try {
    for (let i = 0; i < localStorage.length; i += 1) keys.add(localStorage.key(i) ?? "");
  } catch {
    // Only what the page itself remembers.
  }
  return [...keys].filter((key) => key.startsWith(prefix));
}
