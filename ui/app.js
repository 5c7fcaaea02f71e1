// The page's own behaviour: citation markers, source cards, folds and table filters.
// Knows nothing of Gradio's components; it listens on the document, so that it outlives
// their re-rendering, and asks the server for nothing.
(() => {
  "use strict";
  const opened = new Map(); // data-fold -> whether the reader opened it
  let active = null; // { turn, n } of the marker last activated

  const panel = () => document.getElementById("sources");

  function showTurn(turn) {
    const root = panel();
    const wanted = root?.querySelector(`.turn-sources[data-turn="${turn}"]`);
    if (!wanted) return null;
    for (const section of root.querySelectorAll(".turn-sources")) {
      const show = section === wanted;
      section.hidden = !show;
      for (const card of section.querySelectorAll(".source")) {
        if (show) card.id = `source-${card.dataset.n}`;
        else card.removeAttribute("id");
      }
    }
    for (const note of root.querySelectorAll(".empty")) note.hidden = true;
    return wanted;
  }

  function highlight() {
    for (const card of document.querySelectorAll("#sources .source")) {
      const on = active !== null && card.dataset.turn === active.turn && card.dataset.n === active.n;
      if (card.classList.contains("active") !== on) card.classList.toggle("active", on);
    }
    for (const mark of document.querySelectorAll("#chat a.citation")) {
      const on = active !== null && mark.dataset.turn === active.turn && mark.dataset.n === active.n;
      if (mark.classList.contains("active") !== on) mark.classList.toggle("active", on);
    }
  }

  function calm() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  }

  // Scroll the card's own quote into view, not merely the top of a long card.
  function follow(marker) {
    const { turn, n } = marker.dataset;
    const card = showTurn(turn)?.querySelector(`.source[data-n="${n}"]`);
    if (!card) return;
    active = { turn, n };
    highlight();
    const quote = card.querySelector("mark") ?? card;
    const tall = card.offsetHeight > window.innerHeight * 0.7;
    (tall ? quote : card).scrollIntoView({ behavior: calm(), block: tall ? "center" : "nearest" });
    card.focus({ preventScroll: true });
  }

  function back() {
    const { turn, n } = active ?? {};
    const marker = document.querySelector(
      `#chat a.citation[data-turn="${turn}"][data-n="${n}"]`,
    );
    marker?.scrollIntoView({ behavior: calm(), block: "center" });
    marker?.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const marker = target?.closest("a.citation");
    if (marker) {
      event.preventDefault();
      follow(marker);
      return;
    }
    if (target?.closest(".source .back")) back();
    const summary = target?.closest("summary");
    const fold = summary?.parentElement;
    if (fold?.dataset.fold) opened.set(fold.dataset.fold, !fold.open);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement?.closest("#sources")) back();
  });

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !field.matches(".table-filter")) return;
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const scope = field.closest(".filter").parentElement;
    let shown = 0;
    for (const row of scope.querySelectorAll("tbody tr")) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    const count = scope.querySelector(".shown");
    if (count) count.textContent = shown.toLocaleString("en");
  });

  // The three views are in one page; the address says which is shown.
  const views = ["ask", "corpus", "models"];
  function showView() {
    const wanted = location.hash.slice(1);
    const view = views.includes(wanted) ? wanted : "ask";
    document.documentElement.dataset.view = view;
    for (const link of document.querySelectorAll("#views a[data-view]")) {
      const current = link.dataset.view === view;
      if (current && link.getAttribute("aria-current") !== "page") {
        link.setAttribute("aria-current", "page");
      } else if (!current) link.removeAttribute("aria-current");
    }
  }
  window.addEventListener("hashchange", showView);

  // A new question goes to the top of the window, so that its answer has room below.
  let lastTurn = null;
  function followNewTurn() {
    const turn = document.querySelector("#live .turn");
    const number = turn?.dataset.turn ?? null;
    if (number === lastTurn) return;
    lastTurn = number;
    if (number !== null && number !== "1") {
      turn.scrollIntoView({ behavior: calm(), block: "start" });
    }
  }

  // Re-rendering drops what the reader opened and what is highlighted: put both back.
  let scheduled = false;
  function restore() {
    scheduled = false;
    for (const fold of document.querySelectorAll("details[data-fold]")) {
      const open = opened.get(fold.dataset.fold) === true;
      if (fold.open !== open) fold.open = open;
    }
    highlight();
    showView();
    followNewTurn();
  }
  new MutationObserver(() => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(restore);
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["open", "class"],
  });
})();
