// What is new since the last visit, above the list of documents: asked for once per version of
// the corpus, when the Corpus view is open. When the last visit was is known by shelf.js.
(() => {
  "use strict";
  let asked = "";

  async function tell() {
    const place = document.querySelector("#corpus-table [data-news]");
    const since = window.refdesk.since;
    if (!place || !since || document.documentElement.dataset.view !== "corpus") return;
    const version =
      document.querySelector("#status-line [data-version]")?.dataset.version ?? "";
    if (!version || asked === version) return;
    asked = version;
    try {
      const reply = await fetch(`/shelf/news?${new URLSearchParams({ since })}`);
      if (reply.ok && asked === version) place.innerHTML = await reply.text();
    } catch {
      asked = ""; // the server is away; the list below says so
    }
  }

  let scheduled = false;
  new MutationObserver(() => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      tell();
    });
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data-view", "data-version"],
  });
})();
