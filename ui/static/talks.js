// Conversations: the drawer, which conversation this tab has open, forms and thumbs.
// Knows nothing of how they are kept; it tells the server through acts (see ui/acts.py).
(() => {
  "use strict";
  const KEY = "refdesk-talk";
  const root = document.documentElement;
  const at = (id) => document.getElementById(id);

  // --- which conversation is open: the tab remembers it, so that a reload shows it again

  const asked = new URLSearchParams(location.search).get("talk");
  if (asked) {
    keepOpen(asked);
    history.replaceState(null, "", location.pathname + location.hash);
  }
  if (keptOpen()) root.dataset.resuming = "";

  window.refdesk.wantedTalk = () => [keptOpen(), null];

  function keptOpen() {
    try {
      return sessionStorage.getItem(KEY) ?? "";
    } catch {
      return ""; // storage is switched off
    }
  }

  function keepOpen(talk) {
    try {
      if (talk) sessionStorage.setItem(KEY, talk);
      else sessionStorage.removeItem(KEY);
    } catch {
      // storage is switched off
    }
  }

  function remember() {
    const tools = document.querySelector("#talk-tools [data-open-talk]");
    if (!tools) return;
    delete root.dataset.resuming;
    keepOpen(tools.dataset.openTalk);
  }
  setTimeout(() => delete root.dataset.resuming, 5000); // a server that does not answer

  // --- the drawer

  const isOpen = () => root.dataset.talks === "open";

  function setDrawer(open) {
    if (open === isOpen()) return;
    if (open) {
      root.dataset.talks = "open";
      window.refdesk.act("talks");
      at("talks")?.querySelector("input, textarea")?.focus();
    } else {
      delete root.dataset.talks;
      at("talks-open")?.focus();
    }
    at("talks-open")?.setAttribute("aria-expanded", String(open));
  }

  function drawerClick(target) {
    if (target.closest("#talks-open")) setDrawer(!isOpen());
    else if (target.closest("#talks-close")) setDrawer(false);
    else if (isOpen() && target.closest("[data-act='open-talk'], [data-act='new-talk']")) {
      if (!document.querySelector("#live .turn[aria-busy='true']")) setDrawer(false);
    } else if (isOpen() && !target.closest("#talks, .toast-wrap")) setDrawer(false);
  }

  // --- thumbs: shown at once, told to the server by the button's own act

  function thumb(button) {
    const box = button.closest(".feedback");
    const pressed = button.getAttribute("aria-pressed") !== "true";
    for (const one of box.querySelectorAll(".thumb")) {
      const on = one === button && pressed;
      one.setAttribute("aria-pressed", String(on));
      one.dataset.rating = on ? "none" : one.dataset.thumb;
    }
    const form = box.querySelector("form");
    form.dataset.rating = button.dataset.thumb;
    form.hidden = !pressed;
    say(box, pressed ? "Kept. Thank you." : "Taken back.");
  }

  function say(box, text) {
    box.querySelector(".said").textContent = text;
  }

  async function copyLink(button) {
    const link = button.closest(".sharing")?.querySelector("a.shared");
    try {
      await navigator.clipboard.writeText(link.href);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(link); // no clipboard without https: ready to be copied
    }
  }

  // Their summaries are clicked, so that page.js knows that they are shut.
  function shutMenus(target) {
    for (const menu of document.querySelectorAll(".talk-tools details[open]")) {
      if (!target || !menu.contains(target)) menu.querySelector("summary").click();
    }
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.isConnected) shutMenus(target);
    const button = target.closest("button");
    if (button?.matches(".thumb")) thumb(button);
    if (button?.matches(".feedback .later")) {
      button.closest("form").hidden = true;
      button.closest(".feedback").querySelector(".thumb[aria-pressed='true']")?.focus();
    }
    if (button?.matches(".copy-link")) copyLink(button);
    drawerClick(target);
  });

  // A form inside rendered HTML tells its fields to the act that it names.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.form) return;
    event.preventDefault();
    const { form: name, ...data } = form.dataset;
    window.refdesk.act(name, { ...data, ...Object.fromEntries(new FormData(form)) });
    if (name === "rename-talk") form.closest("details").querySelector("summary").click();
    const box = form.closest(".feedback");
    if (!box) return;
    form.hidden = true;
    say(box, "Kept. Thank you.");
    box.querySelector(".thumb[aria-pressed='true']")?.focus();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector(".talk-tools details[open]");
    if (menu) {
      shutMenus(null);
      menu.querySelector("summary").focus();
    }
    if (!isOpen()) return;
    const fold = document.activeElement?.closest("#talks details[open]");
    if (fold) fold.querySelector("summary").click();
    else setDrawer(false);
  });

  new MutationObserver(remember).observe(root, { childList: true, subtree: true });
})();
