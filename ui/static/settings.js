// The settings panel: opens and closes it, keeps what is chosen in cookies (sent with every
// question) and the theme in the browser's storage.
(() => {
  "use strict";
  const YEAR = 31536000;
  const LANGUAGE = "refdesk_language";
  const WORDS = {
    strictness: (value) =>
      value === 0 ? "never asks" : `${Math.round(100 * value)}\u00a0% likely at least`,
    evidence: (value) => `${value} tokens`,
  };
  const panel = () => document.getElementById("settings");
  const opener = () => document.getElementById("settings-button");
  const sliders = () => [...(panel()?.querySelectorAll("input[data-cookie]") ?? [])];

  function cookie(name) {
    const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
    return found?.slice(name.length + 1) ?? null;
  }

  function keep(name, value) {
    const age = value === null ? 0 : YEAR;
    document.cookie = `${name}=${value ?? ""}; path=/; max-age=${age}; SameSite=Strict`;
  }

  // --- the theme: Gradio follows the system; a choice of the reader's overrules it

  const chosen = () => {
    try {
      return localStorage.getItem("refdesk-theme") ?? "system";
    } catch {
      return "system"; // storage is switched off
    }
  };

  function applyTheme() {
    const wanted = chosen();
    const system = window.matchMedia("(prefers-color-scheme: dark)").matches;
    const dark = wanted === "system" ? system : wanted === "dark";
    if (document.body && document.body.classList.contains("dark") !== dark) {
      document.body.classList.toggle("dark", dark);
    }
    document.documentElement.style.colorScheme = wanted === "system" ? "" : wanted;
  }

  function chooseTheme(value) {
    try {
      if (value === "system") localStorage.removeItem("refdesk-theme");
      else localStorage.setItem("refdesk-theme", value);
    } catch {
      return;
    }
    applyTheme();
  }

  function followTheme() {
    applyTheme();
    new MutationObserver(applyTheme).observe(document.body, { attributeFilter: ["class"] });
  }
  // Gradio puts the scripts into the page when it is already there.
  if (document.body) followTheme();
  else document.addEventListener("DOMContentLoaded", followTheme);

  // --- the panel

  function tell(slider) {
    const name = slider.id.replace("set-", "");
    const words = WORDS[name](Number(slider.value));
    document.getElementById(`${slider.id}-told`).textContent = words;
    slider.setAttribute("aria-valuetext", words);
  }

  function showValues() {
    for (const slider of sliders()) {
      slider.value = cookie(slider.dataset.cookie) ?? slider.dataset.usual;
      tell(slider);
    }
    for (const radio of panel().querySelectorAll("input[name='theme']")) {
      radio.checked = radio.value === chosen();
    }
    const language = cookie(LANGUAGE) ?? "";
    for (const radio of panel().querySelectorAll("input[name='language']")) {
      radio.checked = radio.value === language;
    }
  }

  function open() {
    if (!panel()) return;
    showValues();
    document.documentElement.dataset.settings = "open";
    opener()?.setAttribute("aria-expanded", "true");
    window.refdesk.act("settings");
    panel().querySelector("input")?.focus();
  }

  function close() {
    if (document.documentElement.dataset.settings !== "open") return;
    delete document.documentElement.dataset.settings;
    opener()?.setAttribute("aria-expanded", "false");
    opener()?.focus();
  }

  function reset() {
    for (const slider of sliders()) keep(slider.dataset.cookie, null);
    keep(LANGUAGE, null);
    chooseTheme("system");
    showValues();
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("#settings-button, [data-settings]:not(html)")) {
      if (document.documentElement.dataset.settings === "open") close();
      else open();
    } else if (target?.closest(".settings-close")) close();
    else if (target?.closest(".settings-reset")) reset();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel()?.contains(document.activeElement)) close();
  });

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !panel()?.contains(field)) return;
    if (field.name === "theme") chooseTheme(field.value);
    else if (field.name === "language") keep(LANGUAGE, field.value || null);
    else if (field.dataset.cookie) {
      const usual = Number(field.value) === Number(field.dataset.usual);
      keep(field.dataset.cookie, usual ? null : field.value);
      tell(field);
    }
  });
})();
