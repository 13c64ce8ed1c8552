/** A unique id. `crypto.randomUUID` is missing where phones meet a
 *  laptop over plain HTTP; `getRandomValues` is there everywhere. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
