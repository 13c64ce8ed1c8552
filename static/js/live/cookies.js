/** Whether this browser keeps cookies, and why a page that needs a seat has none. */

/** @returns {"insecure" | "blocked" | "lost"} */
export function whySeatless() {
  const { secure } = document.body.dataset;
  if (secure && location.protocol === "http:") return "insecure";
  return keepsCookies() ? "lost" : "blocked";
}

/** Whether a cookie can be read again. Ours are not for scripts, so another one is tried. */
export function keepsCookies() {
  const tried = "stackvote_script=1";
  try {
    document.cookie = `${tried}; SameSite=Lax`;
    const isKept = document.cookie.includes(tried);
    document.cookie = `${tried}; SameSite=Lax; max-age=0`;
    return isKept;
  } catch {
    return false;
  }
}
