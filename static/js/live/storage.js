/** What this browser keeps, as JSON. A browser may refuse to keep anything (private
 *  windows, full disk); then it lasts as long as the page does. */

const spare = new Map();

export function keep(key, value) {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(key, text);
    spare.delete(key);
  } catch {
    spare.set(key, text);
  }
}

export function kept(key, otherwise = null) {
  let text = spare.get(key);
  try {
    text ??= localStorage.getItem(key);
    return text === null || text === undefined ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

export function forget(key) {
  spare.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept there.
  }
}

export function keysWith(prefix) {
  const keys = new Set(spare.keys());
  try {
    for (let i = 0; i < localStorage.length; i += 1) keys.add(localStorage.key(i));
  } catch {
    // Only what the page itself remembers.
  }
  return [...keys].filter((key) => key.startsWith(prefix));
}
