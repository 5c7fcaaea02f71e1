// The Corpus and Models views: filters, order and pages of lists that the server makes, files
// dropped anywhere on the page, and a question handed over by a card's page.
// What is chosen stands in the page's address after #corpus? or #models?.
(() => {
  "use strict";
  const VIEW_OF = { documents: "corpus", models: "models" };
  const TYPING_MS = 250;
  const AWAY_MS = 30 * 60 * 1000; // a visit ends when the page was not looked at for this long
  const shown = new Map(); // shelf -> what its list was last asked for
  const asking = new Map(); // shelf -> AbortController
  const since = lastVisit();
  window.refdesk.since = since;

  const shelves = () => document.querySelectorAll("form.shelf");
  const viewOf = (form) => VIEW_OF[form.dataset.shelf];
  const version = () =>
    document.querySelector("#status-line [data-version]")?.dataset.version ?? "";

  // --- visits: when this reader was last here, kept in this browser alone

  function lastVisit() {
    try {
      const kept = JSON.parse(localStorage.getItem("refdesk-visit") ?? "null");
      const now = new Date();
      const away = kept ? now - new Date(kept.seen) : 0;
      const before = kept ? (away > AWAY_MS ? kept.seen : kept.before) : "";
      const seen = now.toISOString();
      localStorage.setItem("refdesk-visit", JSON.stringify({ before, seen }));
      return before ? `${before.slice(0, 19)}Z` : "";
    } catch {
      return ""; // no storage, or not ours: every visit is the first
    }
  }

  function stillHere() {
    try {
      const kept = JSON.parse(localStorage.getItem("refdesk-visit") ?? "{}");
      const seen = new Date().toISOString();
      localStorage.setItem("refdesk-visit", JSON.stringify({ ...kept, seen }));
    } catch {
      // no storage: see above
    }
  }
  document.addEventListener("visibilitychange", stillHere);
  window.addEventListener("pagehide", stillHere);

  // --- the address and the form say the same

  function addressed(view) {
    const [name, query = ""] = location.hash.slice(1).split("?");
    return name === view ? new URLSearchParams(query) : null;
  }

  function gathered(form, page) {
    const wanted = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) wanted.append(name, String(value));
    if (page > 1) wanted.set("page", String(page));
    return wanted;
  }

  function fill(form, wanted) {
    for (const field of form.querySelectorAll(".shelf-tools [name], .shows [name]")) {
      const value = wanted.get(field.name) ?? "";
      if (field.type === "radio") field.checked = field.value === value;
      else if (field.value !== value) field.value = value;
    }
  }

  function go(form, wanted) {
    const query = wanted.toString();
    history.replaceState(history.state, "", `#${viewOf(form)}${query ? `?${query}` : ""}`);
    return load(form, wanted);
  }

  // --- the list

  async function load(form, wanted) {
    const query = new URLSearchParams(wanted);
    if (since && form.dataset.shelf === "documents") query.set("since", since);
    const asked = `${version()} ${query}`;
    if (shown.get(form) === asked) return;
    shown.set(form, asked);
    asking.get(form)?.abort();
    const mine = new AbortController();
    asking.set(form, mine);
    form.setAttribute("aria-busy", "true");
    try {
      const reply = await fetch(`/shelf/${form.dataset.shelf}?${query}`, { signal: mine.signal });
      const text = await reply.text();
      if (reply.ok) place(form, text);
      else complain(form, text || "The list could not be read; reload the page.");
    } catch (error) {
      if (error.name === "AbortError") return;
      shown.delete(form);
      complain(form, "The desk does not answer; is it still running? Reload the page to try again.");
    } finally {
      if (asking.get(form) === mine) form.removeAttribute("aria-busy");
    }
  }

  function place(form, html) {
    const body = form.querySelector(".shelf-body");
    const held = document.activeElement;
    const focused = body.contains(held) ? [held.name, held.value, held.dataset.page] : null;
    const filters = body.querySelector("details.filters");
    const open = filters ? filters.open : window.matchMedia("(min-width: 861px)").matches;
    const folds = new Map(
      [...body.querySelectorAll("details.facet")].map((fold) => [fold.dataset.facet, fold.open]),
    );
    body.innerHTML = html;
    for (const fold of body.querySelectorAll("details.facet")) {
      const before = folds.get(fold.dataset.facet);
      if (before !== undefined) fold.open = before;
    }
    const again = body.querySelector("details.filters");
    if (again) again.open = open;
    if (focused) refocus(body, focused);
  }

  function refocus(body, [name, value, page]) {
    const same = [...body.querySelectorAll("input, button, select")].find((one) =>
      page ? one.dataset.page === page : name && one.name === name && one.value === value,
    );
    (same ?? body.querySelector(".shelf-summary button"))?.focus({ preventScroll: true });
  }

  function complain(form, text) {
    const said = document.createElement("p");
    said.className = "error";
    said.setAttribute("role", "alert");
    said.textContent = text;
    form.querySelector(".shelf-body").replaceChildren(said);
  }

  // --- events

  let typing = 0;
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form.shelf");
    if (!form || !event.target.matches(".shelf-search")) return;
    clearTimeout(typing);
    typing = setTimeout(() => go(form, gathered(form)), TYPING_MS);
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form.shelf");
    if (!form || event.target.matches(".shelf-search")) return;
    go(form, gathered(form));
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("form.shelf");
    if (!form) return;
    event.preventDefault();
    clearTimeout(typing);
    go(form, gathered(form));
  });

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const form = button?.closest("form.shelf");
    if (!form) return;
    if (button.dataset.page) {
      go(form, gathered(form, Number(button.dataset.page))).then(() =>
        form.scrollIntoView({ block: "start" }),
      );
    } else if (button.dataset.sort) {
      form.elements.sort.value = button.dataset.sort;
      go(form, gathered(form));
    } else if (button.dataset.clear !== undefined) {
      const kept = new URLSearchParams();
      for (const name of ["sort", "show", "benchmark"]) {
        const value = gathered(form).get(name);
        if (value) kept.set(name, value);
      }
      fill(form, kept);
      go(form, kept);
      form.querySelector(".shelf-search").focus();
    }
  });

  // Show the list of the view that is open, as its address says or as it was left.
  function refresh() {
    for (const form of shelves()) {
      const wanted = addressed(viewOf(form));
      if (wanted === null) continue;
      const asked = wanted.toString() || gathered(form).toString();
      const query = new URLSearchParams(asked);
      fill(form, query);
      load(form, query);
    }
  }
  window.addEventListener("hashchange", refresh);

  let scheduled = false;
  let known = "";
  new MutationObserver(() => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      const now = `${version()} ${shelves().length}`;
      if (now === known) return;
      known = now;
      refresh();
      handOver();
    });
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data-version"],
  });

  // --- "Ask about it": a card's page hands its question over, the reader sends it

  function handOver() {
    const address = new URL(location.href);
    const question = address.searchParams.get("ask");
    const box = document.querySelector("#question textarea");
    if (!question || !box) return;
    address.searchParams.delete("ask");
    history.replaceState(history.state, "", address);
    box.value = question.slice(0, 500);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  // --- files dropped anywhere on the page go the way of the button's

  let depth = 0;
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

  function overlay(on) {
    let zone = document.getElementById("dropzone");
    if (!zone) {
      zone = document.createElement("div");
      zone.id = "dropzone";
      zone.hidden = true;
      zone.innerHTML = "<p>Drop the files to add them to the corpus</p>";
      document.querySelector(".gradio-container")?.append(zone);
    }
    zone.hidden = !on;
  }

  document.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    overlay(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) overlay(false);
  });
  document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener(
    "drop",
    (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      depth = 0;
      overlay(false);
      const input = document.querySelector("#upload input[type=file]");
      if (!input || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    },
    true,
  );

  // While the files are on their way the server knows nothing of them: say so here.
  document.addEventListener(
    "change",
    (event) => {
      const input = event.target;
      if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
      if (!input.closest("#upload")) return;
      const list = document.createElement("ul");
      list.className = "uploads sending";
      for (const file of input.files ?? []) {
        const row = document.createElement("li");
        const name = document.createElement("strong");
        name.textContent = file.name;
        row.append(name, `: being sent (${size(file.size)})`);
        list.append(row);
      }
      const report = document.getElementById("refresh-report");
      if (!report) return;
      report.before(list); // a sibling: what is inside belongs to Gradio
      const watch = new MutationObserver(() => {
        watch.disconnect();
        list.remove();
      });
      watch.observe(report, { childList: true, subtree: true, characterData: true });
    },
    true,
  );

  function size(bytes) {
    if (bytes < 1000) return `${bytes} bytes`;
    if (bytes < 1e6) return `${(bytes / 1000).toFixed(0)} kB`;
    return `${(bytes / 1e6).toFixed(1)} MB`;
  }
})();
