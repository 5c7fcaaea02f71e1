// Saved questions: “Keep asking” below an answer says whether its question is kept, the view's
// link how many answers changed, and leaving the view tells the server that they were seen.
// The list that the server made is the only truth; knows nothing of how questions are asked.
(() => {
  "use strict";
  const root = document.documentElement;
  const list = () => document.querySelector("#saved-list .saved-list");
  let view = root.dataset.view;
  let stopped = ""; // the question that was taken out by its own button, which had the focus

  function keptAs(question) {
    const all = [...document.querySelectorAll("#saved-list .saved[data-own]")];
    return all.find((one) => one.dataset.question === question.replace(/\s+/g, " ").trim());
  }

  function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function showKept() {
    for (const button of document.querySelectorAll(".tool-keep")) {
      const kept = String(keptAs(button.dataset.question) !== undefined);
      if (button.getAttribute("aria-pressed") === kept) continue;
      button.setAttribute("aria-pressed", kept);
      button.removeAttribute("aria-disabled");
      setText(button, kept === "true" ? "Kept" : "Keep asking");
    }
  }

  function showCount() {
    const link = document.querySelector("#views a[data-view='saved']");
    if (!link) return;
    const count = document.querySelectorAll("#saved-list .saved[data-unseen]").length;
    let badge = link.querySelector(".badge");
    if (!badge && count) {
      badge = document.createElement("span");
      badge.className = "badge";
      link.append(badge);
    }
    if (!count) badge?.remove();
    else setText(badge, String(count));
    const label = count ? `Saved, ${count} changed` : null;
    if (label === null) link.removeAttribute("aria-label");
    else if (link.getAttribute("aria-label") !== label) link.setAttribute("aria-label", label);
  }

  function seen() {
    const newest = list()?.dataset.newest;
    if (newest && list().querySelector("[data-unseen]")) {
      window.refdesk.act("saved-seen", { newest });
    }
  }

  function update() {
    showKept();
    showCount();
    if (stopped && !document.querySelector(`#saved-list [data-saved="${stopped}"]`)) {
      stopped = "";
      if (document.activeElement === document.body) document.getElementById("saved-title")?.focus();
    }
    if (view !== root.dataset.view) {
      if (view === "saved") seen();
      view = root.dataset.view;
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.matches(".tool-keep")) {
      if (button.getAttribute("aria-disabled") === "true") return;
      const kept = keptAs(button.dataset.question);
      button.setAttribute("aria-disabled", "true"); // until the list says that it is done
      window.setTimeout(() => button.removeAttribute("aria-disabled"), 3000);
      if (kept) window.refdesk.act("unsave", { saved: kept.dataset.saved });
      else window.refdesk.act("save-turn", { turn: button.dataset.turn });
    } else if (button?.matches("#saved-view [data-act='ask']")) location.hash = "#ask";
    else if (button?.matches("#saved-view [data-act='unsave']")) stopped = button.dataset.saved;
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.dataset.form === "save-words") {
      window.setTimeout(() => form.reset(), 0); // talks.js has told the server by then
    }
  });

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && root.dataset.view === "saved") seen();
  });

  let scheduled = false;
  new MutationObserver(() => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      update();
    });
  }).observe(root, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data-view"],
  });
})();
