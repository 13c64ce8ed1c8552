/** Keeps the projector awake, where the browser lets it (over HTTPS or on this machine). */
export class WakeLock {
  start() {
    document.addEventListener("visibilitychange", this.#hold);
    this.#hold();
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#hold);
  }

  // A lock ends whenever the page is hidden, so it is requested again each time the page is shown.
  #hold = async () => {
    if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      await navigator.wakeLock.request("screen");
    } catch {
      // A low battery says no; the meeting goes on.
    }
  };
}
