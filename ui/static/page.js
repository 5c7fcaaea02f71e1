// The page's own behaviour: citation markers, source cards, folds; order, length and filters of
// tables.
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

  // Some hundred cards and markers may be in the page: touch only those that change.
  function highlight() {
    const wanted = active && `[data-turn="${active.turn}"][data-n="${active.n}"]`;
    for (const kind of ["#sources .source", "#chat a.citation"]) {
      for (const old of document.querySelectorAll(`${kind}.active`)) {
        if (!wanted || !old.matches(wanted)) old.classList.remove("active");
      }
      if (!wanted) continue;
      for (const one of document.querySelectorAll(`${kind}${wanted}:not(.active)`)) {
        one.classList.add("active");
      }
    }
  }

  function calm() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  }

  // A short way is scrolled, so that the eye can follow; a long one is a jump.
  function scrollTo(element, block) {
    const far = Math.abs(element.getBoundingClientRect().top) > 3 * window.innerHeight;
    element.scrollIntoView({ behavior: far ? "auto" : calm(), block });
  }

  // Scroll the card's own quote into view, not merely the top of a long card.
  function follow(marker) {
    const { turn, n } = marker.dataset;
    const card = showTurn(turn)?.querySelector(`.source[data-n="${n}"]`);
    if (!card) return;
    active = { turn, n };
    reveal(card);
    highlight();
    const quote = card.querySelector("mark") ?? card;
    const tall = card.offsetHeight > window.innerHeight * 0.7;
    const narrow = window.matchMedia("(max-width: 860px)").matches;
    const block = tall || (narrow && card.matches(".compact")) ? "center" : "nearest";
    scrollTo(tall ? quote : card, block);
    card.focus({ preventScroll: true });
  }

  function back() {
    const { turn, n } = active ?? {};
    const markers = [
      ...document.querySelectorAll(`#chat a.citation[data-turn="${turn}"][data-n="${n}"]`),
    ];
    const marker = markers.find((one) => one.checkVisibility?.() ?? true) ?? markers[0];
    if (!marker) return;
    reveal(marker);
    scrollTo(marker, "center");
    marker.focus({ preventScroll: true });
  }

  // --- tables: order and length, by the key in data-table; also the long list of sources

  const tables = new Map(); // data-table -> { column, direction, all, words }

  function stateOf(box) {
    const key = box.dataset.table;
    if (!tables.has(key)) tables.set(key, { column: -1, direction: 0, all: false, words: "" });
    return tables.get(key);
  }

  // Open whatever hides an element: a long table's or list's rest, or a fold.
  function reveal(element) {
    const fold = element.closest("details[data-fold]");
    if (fold && !fold.open) {
      opened.set(fold.dataset.fold, true);
      fold.open = true;
    }
    const box = element.closest("[data-table]");
    if (box?.querySelector("[data-most]") && !stateOf(box).all && element.offsetParent === null) {
      stateOf(box).all = true;
      arrange(box);
    }
  }

  const collator = new Intl.Collator("en", { numeric: true });

  function compare(one, other, column, direction, numeric) {
    const [a, b] = [one, other].map((row) => row.cells[column]?.dataset.key);
    if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
    return direction * (numeric ? Number(a) - Number(b) : collator.compare(a, b));
  }

  function sortRows(box, { column, direction }) {
    const body = box.querySelector("tbody");
    const rows = [...(body?.rows ?? [])];
    if (!rows.length || (column < 0 && rows[0].dataset.place === undefined)) return;
    rows.forEach((row, place) => (row.dataset.place ??= place));
    const heads = [...box.querySelectorAll("thead th")];
    const numeric = heads[column]?.classList.contains("number");
    rows.sort(
      (one, other) =>
        (column < 0 ? 0 : compare(one, other, column, direction, numeric)) ||
        one.dataset.place - other.dataset.place,
    );
    body.append(...rows);
    heads.forEach((head, place) => {
      if (!head.hasAttribute("aria-sort")) return;
      const order = direction > 0 ? "ascending" : "descending";
      head.setAttribute("aria-sort", place === column ? order : "none");
    });
  }

  function filterRows(box, words) {
    const field = box.querySelector(".table-filter");
    if (!field) return;
    if (field.value !== words) field.value = words;
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of box.querySelectorAll("tbody tr")) {
      const text = wanted.length ? row.textContent.toLowerCase() : "";
      row.hidden = !wanted.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    const count = box.querySelector(".shown");
    if (count) count.textContent = shown.toLocaleString("en");
  }

  // Bring a table into the order and length that its reader chose.
  function arrange(box) {
    const state = stateOf(box);
    box.dataset.arranged = "";
    sortRows(box, state);
    filterRows(box, state.words);
    box.classList.toggle("all", state.all || state.words.trim() !== "");
    const unfold = box.querySelector("button.unfold");
    if (!unfold) return;
    unfold.hidden = state.words.trim() !== "";
    unfold.setAttribute("aria-expanded", String(state.all));
    unfold.textContent = state.all ? unfold.dataset.less : unfold.dataset.more;
  }

  // Numbers begin with the largest, words and dates with the first; a third time undoes it.
  function sortBy(button) {
    const head = button.closest("th");
    const box = button.closest("[data-table]");
    const state = stateOf(box);
    const first = head.classList.contains("number") ? -1 : 1;
    if (state.column !== head.cellIndex) {
      Object.assign(state, { column: head.cellIndex, direction: first });
    } else if (state.direction === first) state.direction = -first;
    else Object.assign(state, { column: -1, direction: 0 });
    arrange(box);
  }

  function unfold(button) {
    const box = button.closest("[data-table]");
    const state = stateOf(box);
    state.all = !state.all;
    arrange(box);
    if (!state.all) box.scrollIntoView({ behavior: calm(), block: "nearest" });
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
    const sort = target?.closest("button.sort");
    if (sort) sortBy(sort);
    const more = target?.closest("button.unfold");
    if (more) unfold(more);
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
    const box = field.closest("[data-table]");
    stateOf(box).words = field.value;
    arrange(box);
  });

  // The views are in one page; the address says which is shown.
  const views = ["ask", "corpus", "models", "saved"];
  function showView() {
    const wanted = location.hash.slice(1).split("?")[0];
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

  // A new conversation counts its turns from one again: what was chosen for the old ones goes.
  function forgetConversation() {
    active = null;
    for (const kept of [tables, opened]) {
      for (const key of kept.keys()) {
        if (/^(answer|sources|row|thinking|why|unused)-/.test(key)) kept.delete(key);
      }
    }
  }

  // Re-rendering drops what the reader opened and what is highlighted: put both back.
  let scheduled = false;
  function restore() {
    scheduled = false;
    if (!document.querySelector("#chat .turn")) forgetConversation();
    for (const fold of document.querySelectorAll("details[data-fold]")) {
      const open = opened.get(fold.dataset.fold) === true;
      if (fold.open !== open) fold.open = open;
    }
    for (const box of document.querySelectorAll("[data-table]:not([data-arranged])")) {
      if (tables.has(box.dataset.table)) arrange(box);
      else box.dataset.arranged = "";
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
