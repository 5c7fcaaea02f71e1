// A small card over a citation marker: title, quote, publisher, date and page. It opens under the
// mouse and for the keyboard, can be entered by the mouse, and goes with Escape.
(() => {
  "use strict";
  const LATE = 120; // ms: passing over a marker opens nothing
  const LINGER = 220; // ms: the way from the marker into the card
  let card = null;
  let marker = null;
  let timer = 0;
  let tabbed = false;

  function made() {
    if (card?.isConnected) return card;
    card = document.createElement("div");
    card.id = "peek";
    card.setAttribute("role", "tooltip");
    card.hidden = true;
    for (const name of ["peek-title", "peek-quote", "peek-from"]) {
      const line = document.createElement("p");
      line.className = name;
      line.dir = "auto";
      card.append(line);
    }
    card.addEventListener("pointerenter", () => clearTimeout(timer));
    card.addEventListener("pointerleave", hideSoon);
    document.body.append(card);
    return card;
  }

  function show(one) {
    clearTimeout(timer);
    if (!one.isConnected || !one.dataset.quote) return;
    if (marker && marker !== one) marker.removeAttribute("aria-describedby");
    marker = one;
    const [title, quote, from] = made().children;
    title.textContent = one.dataset.title;
    quote.textContent = one.dataset.quote;
    from.textContent = one.dataset.from;
    from.hidden = !one.dataset.from;
    card.hidden = false;
    marker.setAttribute("aria-describedby", "peek");
    put();
  }

  // Above the marker if there is room, else below; never outside the window.
  function put() {
    const at = marker.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = card;
    const left = Math.min(Math.max(8, at.left - 24), window.innerWidth - width - 8);
    const above = at.top - height - 6;
    card.style.left = `${Math.max(8, left)}px`;
    card.style.top = `${above > 8 ? above : at.bottom + 6}px`;
  }

  function hide() {
    clearTimeout(timer);
    marker?.removeAttribute("aria-describedby");
    marker = null;
    if (card) card.hidden = true;
  }

  function hideSoon() {
    clearTimeout(timer);
    timer = setTimeout(hide, LINGER);
  }

  const markerOf = (event) =>
    event.target instanceof Element ? event.target.closest("a.citation") : null;

  document.addEventListener("pointerover", (event) => {
    const one = markerOf(event);
    if (!one || event.pointerType === "touch") return;
    clearTimeout(timer);
    timer = setTimeout(() => show(one), LATE);
  });
  document.addEventListener("pointerout", (event) => {
    if (markerOf(event)) hideSoon();
  });
  document.addEventListener("focusin", (event) => {
    const one = markerOf(event);
    if (one && tabbed) show(one);
    else if (marker && !one) hide();
  });
  document.addEventListener("focusout", (event) => {
    if (markerOf(event)) hideSoon();
  });
  document.addEventListener("click", (event) => {
    if (!card?.contains(event.target)) hide();
  });
  // Before the others, so that Escape closes this card and nothing else.
  document.addEventListener(
    "keydown",
    (event) => {
      tabbed = event.key === "Tab";
      if (event.key !== "Escape" || !marker) return;
      hide();
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  document.addEventListener("scroll", () => marker && hide(), { capture: true, passive: true });
  new MutationObserver(() => marker && !marker.isConnected && hide()).observe(
    document.documentElement,
    { childList: true, subtree: true },
  );
})();
