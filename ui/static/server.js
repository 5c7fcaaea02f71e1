// A server that was started anew does not know this page's stream of answers. Gradio notices a
// connection that breaks, but not one that the old server ended in good order: the page would wait
// for ever. So the page asks now and then which server it is, and loads itself anew at another.
(() => {
  "use strict";
  const EVERY = 5000; // ms
  let first = null;

  async function look() {
    if (document.visibilityState === "hidden") return;
    try {
      const reply = await fetch("/gradio_api/app_id", { cache: "no-store" });
      if (!reply.ok) return;
      const now = await reply.text();
      first ??= now;
      if (now !== first) location.reload();
    } catch {
      // the server is away; Gradio says so
    }
  }

  look();
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
})();
