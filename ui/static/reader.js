// The reader beside the chat: a document at its quote, as text or as pages. It opens from the
// links of the source cards, follows the markers while it is open, and gives the focus back.
// What it shows is made and escaped by the server (ui/reader.py).
(() => {
  "use strict";
  const NARROW = "(max-width: 860px)";
  let at = null; // { turn, n, opener } of what is being read
  let asked = 0; // the last request; an older one's reply is dropped
  let form = "pages"; // as its reader last chose: "pages" or "text"

  const shell = () => document.querySelector("#reader .reader");
  const body = () => shell()?.querySelector(".reader-body");
  const isOpen = () => at !== null;
  const isSheet = () => window.matchMedia(NARROW).matches;

  // The links of a turn's cards, in the order of their numbers.
  function links(turn) {
    const cards = [...document.querySelectorAll(`#sources .source[data-turn="${turn}"]`)];
    cards.sort((one, other) => Number(one.dataset.n) - Number(other.dataset.n));
    return cards.map((card) => [card.dataset.n, linkOf(card)]).filter(([, link]) => link);
  }

  const linkOf = (card) => card.querySelector('a[href^="/document?"]');

  async function fetched(address) {
    try {
      const reply = await fetch(address, { headers: { Accept: "text/html" } });
      const html = await reply.text();
      if (reply.headers.get("content-type")?.startsWith("text/html")) return html;
    } catch {
      // The server is away; said below.
    }
    return '<p class="note" role="alert">The document could not be fetched; is refdesk still running? Then try again.</p>';
  }

  function part(link) {
    const address = new URL(link.href);
    address.searchParams.set("part", "reader");
    address.hash = "";
    return address;
  }

  async function read(turn, n, link, opener) {
    const first = !isOpen();
    at = { turn, n, opener: opener ?? at?.opener ?? null };
    const mine = ++asked;
    if (first) open();
    place();
    body().setAttribute("aria-busy", "true");
    const html = await fetched(part(link));
    if (mine !== asked || !isOpen()) return;
    body().innerHTML = html;
    body().removeAttribute("aria-busy");
    show(form);
    toQuote();
  }

  function open() {
    const reader = shell();
    document.documentElement.dataset.reader = "open";
    reader.hidden = false;
    body().innerHTML = '<p class="note progress">Opening the document…</p>';
    history.pushState({ ...history.state, reader: true }, "");
    dress();
    body().focus({ preventScroll: true });
  }

  // On a narrow screen the reader covers the page, so it is a dialog there.
  function dress() {
    const reader = shell();
    if (!reader) return;
    if (isSheet() && isOpen()) {
      reader.setAttribute("role", "dialog");
      reader.setAttribute("aria-modal", "true");
    } else {
      reader.removeAttribute("role");
      reader.removeAttribute("aria-modal");
    }
  }
  window.matchMedia(NARROW).addEventListener("change", dress);

  function close(focus = true) {
    if (!isOpen()) return;
    const { turn, n, opener } = at;
    at = null;
    asked += 1;
    shell().hidden = true;
    body().replaceChildren();
    delete document.documentElement.dataset.reader;
    dress();
    if (history.state?.reader) history.back();
    if (!focus) return;
    const marker = document.querySelector(`#chat a.citation[data-turn="${turn}"][data-n="${n}"]`);
    const target = [marker, opener].find((one) => one?.isConnected && one.checkVisibility());
    target?.scrollIntoView({ block: "nearest" });
    target?.focus({ preventScroll: true });
  }

  function place() {
    const all = links(at.turn);
    const here = all.findIndex(([n]) => n === at.n);
    shell().querySelector(".reader-place").textContent = `Source ${at.n} of ${all.length}`;
    for (const button of shell().querySelectorAll(".reader-step")) {
      const there = here + Number(button.dataset.step);
      // Not "disabled": a button that had the focus would lose it.
      button.setAttribute("aria-disabled", String(there < 0 || there >= all.length));
    }
  }

  function step(by) {
    const all = links(at.turn);
    const next = all[all.findIndex(([n]) => n === at.n) + by];
    if (next) read(at.turn, next[0], next[1]);
  }

  function show(wanted) {
    const article = body().querySelector("article.reading[data-shows]");
    if (!article) return;
    article.dataset.shows = wanted;
    for (const button of article.querySelectorAll(".reader-views button")) {
      button.setAttribute("aria-pressed", String(button.dataset.shows === wanted));
    }
  }

  function toQuote() {
    const marks = [...body().querySelectorAll("mark")];
    const mark = marks.find((one) => one.checkVisibility());
    const target = mark ?? visibleLeafOfPage();
    if (!target) {
      body().scrollTop = 0;
      return;
    }
    const frame = body().getBoundingClientRect();
    body().scrollTop += target.getBoundingClientRect().top - frame.top - frame.height * 0.3;
  }

  function visibleLeafOfPage() {
    const number = body().querySelector(".meta")?.dataset.page;
    return number ? body().querySelector(`.leaf[data-page="${number}"]`) : null;
  }

  async function more(button) {
    button.disabled = true;
    const before = button.dataset.side === "before";
    const box = document.createElement("div");
    box.innerHTML = await fetched(button.dataset.more);
    if (!button.isConnected) return;
    // Of what comes, only the button on the far side is of use.
    box.querySelector(`.reader-more[data-side="${before ? "after" : "before"}"]`)?.remove();
    const below = body().scrollHeight - body().scrollTop;
    const added = [...box.childNodes];
    button.replaceWith(...added);
    if (before) body().scrollTop = body().scrollHeight - below; // what is read stays where it is
    body().focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = target.closest('#sources .source a[href^="/document?"]');
    const marker = target.closest("#chat a.citation");
    if (link) {
      event.preventDefault();
      const { turn, n } = link.closest(".source").dataset;
      read(turn, n, link, link);
    } else if (marker && isOpen()) {
      const { turn, n } = marker.dataset;
      const found = links(turn).find(([number]) => number === n);
      if (found) read(turn, n, found[1], marker);
    } else if (target.closest(".reader-close")) close();
    else if (target.closest(".reader-step:not([aria-disabled=true])")) {
      step(Number(target.closest(".reader-step").dataset.step));
    } else if (target.closest(".reader-more")) more(target.closest(".reader-more"));
    else if (target.closest(".reader-views button")) {
      form = target.closest("button").dataset.shows;
      show(form);
      toQuote();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (!isOpen()) return;
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab" && isSheet()) keepInside(event);
  });

  function keepInside(event) {
    const all = [...shell().querySelectorAll("button, a[href], [tabindex='0']")];
    const reachable = all.filter((one) => one.checkVisibility());
    const [first, last] = [reachable[0], reachable.at(-1)];
    const inside = shell().contains(document.activeElement);
    const edge = event.shiftKey ? first : last;
    if (inside && document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  }

  // The browser's own Back leads from the reader to the answer.
  window.addEventListener("popstate", () => close());

  // A new question brings new sources, which come before what was read; so does a new talk.
  let newest = 0;
  new MutationObserver(() => {
    const turns = [...document.querySelectorAll("#sources .turn-sources, #live .turn")];
    const last = Math.max(0, ...turns.map((one) => Number(one.dataset.turn)));
    if (last !== newest && isOpen()) close(false);
    newest = last;
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
