/** Says on the page that its script did not start, or has failed since, and why.
 *
 *  It is for browsers that cannot run the other scripts, so it is no module, and has nothing that
 *  browsers of 2012 did not know. `startPage` in `dom.js` marks the page as starting, and as
 *  scripted once it has started. */

(function () {
  var root = document.documentElement;
  var notice = document.getElementById("not-started");
  /** @type {{ why: string, detail: string } | null} */
  var known = null;
  /** Whether the scripts of the page have run, or have failed to. */
  var isLoaded = false;

  function hasStarted() {
    return root.className.indexOf("scripted") >= 0;
  }

  /** @param {string} attribute @param {string} value */
  function showOnly(attribute, value) {
    var nodes = /** @type {HTMLElement} */ (notice).querySelectorAll("[" + attribute + "]");
    for (var i = 0; i < nodes.length; i += 1)
      /** @type {HTMLElement} */ (nodes[i]).hidden = nodes[i].getAttribute(attribute) !== value;
  }

  /** @param {string} why @param {string} detail */
  function tell(why, detail) {
    if (!notice || root.className.indexOf("failed") >= 0) return;
    showOnly("data-when", hasStarted() ? "later" : "start");
    showOnly("data-why", why);
    var place = notice.querySelector("[data-part=detail]");
    if (place) place.textContent = detail;
    root.className += " failed";
  }

  /** @param {string} why @param {string} detail */
  function note(why, detail) {
    known = known || { why: why, detail: detail };
    // Before the start, what comes is of one cause, and the first sign of it may not be the reason.
    if (hasStarted() || isLoaded) tell(why, detail);
  }

  /** Whether the browser does not know the language; a name that a module lacks is no such thing.
   *
   *  @param {ErrorEvent} event
   */
  function isUnreadable(event) {
    return event.error instanceof SyntaxError && !/export|import/i.test(event.message);
  }

  window.addEventListener(
    "error",
    function (event) {
      var target = /** @type {any} */ (event.target);
      if (target && target.tagName === "SCRIPT") note("load", "");
      // What extensions do on a page is not ours.
      else if (event.filename && event.filename.indexOf("/static/") >= 0)
        note(isUnreadable(event) ? "old" : "error", event.message);
    },
    true
  );

  window.addEventListener("unhandledrejection", function (event) {
    var reason = /** @type {any} */ (event).reason;
    if (reason && String(reason.stack).indexOf("/static/") >= 0) note("error", String(reason));
  });

  window.addEventListener("load", function () {
    setTimeout(function () {
      isLoaded = true;
      if (hasStarted()) return;
      if (known) tell(known.why, known.detail);
      else if (root.className.indexOf("starting") < 0)
        tell("noModule" in document.createElement("script") ? "unknown" : "old", "");
    }, 0);
  });
})();
