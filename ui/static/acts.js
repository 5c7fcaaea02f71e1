// Buttons inside rendered HTML speak to the server through Gradio's events (see ui/acts.py).
// <button data-act="retry" data-turn="3"> calls the act "retry" with {turn: "3"}.
window.refdesk = (() => {
  "use strict";
  const triggers = new Map(); // name -> Gradio's trigger of that act

  // Ask the server to do something; false while the page is not ready for it.
  function act(name, data = {}) {
    const trigger = triggers.get(name);
    trigger?.({ ...data });
    return trigger !== undefined;
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-act]") : null;
    if (!button || button.disabled || button.getAttribute("aria-disabled") === "true") return;
    const { act: name, ...data } = button.dataset;
    act(name, data);
  });

  return { act, offer: (name, trigger) => triggers.set(name, trigger) };
})();
