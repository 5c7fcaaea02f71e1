// A question that is typed and not sent outlasts a reload: the reader's own, or the one with which
// Gradio comes back after a lost connection. Kept in this tab alone; the server is told nothing.
(() => {
  "use strict";
  const KEY = "refdesk-unsent";
  const field = () => document.querySelector("#question textarea");

  window.addEventListener("pagehide", () => {
    try {
      const typed = field()?.value ?? "";
      if (typed.trim()) sessionStorage.setItem(KEY, typed);
      else sessionStorage.removeItem(KEY);
    } catch {
      // storage is switched off
    }
  });

  function taken() {
    try {
      const typed = sessionStorage.getItem(KEY);
      sessionStorage.removeItem(KEY);
      return typed;
    } catch {
      return null;
    }
  }

  // The composer comes some time after this script; what stands in it already is not replaced.
  const waiting = new MutationObserver(() => {
    const box = field();
    if (!box) return;
    waiting.disconnect();
    const typed = taken();
    if (!typed || box.value) return;
    box.value = typed;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  waiting.observe(document.documentElement, { childList: true, subtree: true });
})();
