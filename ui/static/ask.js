// Tools of a turn (copy; what may only be done while no answer is made), the editing state, and
// the words that a screen reader hears: each stage of an answer once, and the answer once.
// Knows nothing of sources or tables, and asks the server for nothing.
(() => {
  "use strict";
  const STATES = { error: ".error", answer: ".answer", note: ".note" };

  // A live region that outlives every re-rendering; what is re-rendered is none itself.
  const announcer = document.createElement("div");
  announcer.id = "announcer";
  announcer.className = "visually-hidden";
  announcer.setAttribute("role", "status");
  announcer.setAttribute("aria-live", "polite");
  let announced = "";

  function announce(text) {
    if (!text || text === announced) return;
    announced = text;
    announcer.textContent = text;
  }

  // What stands in a turn as words, without its tools, folds and tables.
  function wordsOf(element) {
    const copy = element.cloneNode(true);
    const silent = ".turn-tools, details, .table, svg, .suggestions, .nearest";
    for (const part of copy.querySelectorAll(silent)) part.remove();
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  function tell(turn) {
    if (!turn) return;
    const number = turn.dataset.turn;
    if (turn.getAttribute("aria-busy") === "true") {
      announce(turn.querySelector(".note.progress")?.textContent ?? "");
      return;
    }
    if (turn.querySelector(STATES.error)) return; // role=alert speaks for itself
    const parts = [...turn.querySelectorAll(`${STATES.answer}, .note.stopped`)];
    if (parts.length) announce(`Answer ${number}: ${parts.map(wordsOf).join(" ")}`);
  }

  // --- copy: the text was made by the server

  async function toClipboard(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return byHand(text); // no clipboard without https, or no permission
    }
  }

  function byHand(text) {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }

  async function copy(button) {
    const done = await toClipboard(button.dataset.text);
    button.textContent = done ? "Copied" : "Could not copy";
    button.focus({ preventScroll: true });
    announced = "";
    announce(button.textContent);
    window.setTimeout(() => (button.textContent = "Copy"), 2000);
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest(".tool-copy") : null;
    if (button && !button.disabled) copy(button);
  });

  // --- editing: Escape leaves it; the turns that would be dropped are dimmed

  let editing = null;

  function showEditing() {
    const from = document.querySelector("#edit-bar .edit-bar")?.dataset.from ?? null;
    for (const turn of document.querySelectorAll("#chat .turn")) {
      const dropped = from !== null && Number(turn.dataset.turn) >= Number(from);
      if (turn.classList.contains("to-drop") !== dropped) {
        turn.classList.toggle("to-drop", dropped);
      }
    }
    if (from !== null && from !== editing) {
      const field = document.querySelector("#question textarea");
      field?.focus();
      window.setTimeout(() => field?.setSelectionRange(field.value.length, field.value.length), 0);
    }
    editing = from;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || editing === null) return;
    if (event.target instanceof Element && event.target.closest("#composer, #edit-bar")) {
      refdesk.act("keep");
    }
  });

  // The number of the last turn that is shown: a question is answered once, however often it is
  // sent before its turn is seen.
  window.refdesk.lastTurn = () => {
    const turns = document.querySelectorAll("#chat .turn");
    return turns[turns.length - 1]?.dataset.turn ?? "0";
  };

  // --- after every re-rendering

  function update() {
    const turn = document.querySelector("#live .turn");
    const busy = turn?.getAttribute("aria-busy") === "true";
    document.documentElement.classList.toggle("answering", busy);
    for (const button of document.querySelectorAll("button[data-while-idle]")) {
      if (button.disabled !== busy) button.disabled = busy;
    }
    const after = document.querySelector("#follow-ups [data-after]");
    if (after) after.hidden = after.dataset.after !== turn?.dataset.turn;
    showEditing();
    tell(turn);
  }

  let scheduled = false;
  new MutationObserver(() => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      if (document.body && !announcer.isConnected) document.body.append(announcer);
      update();
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
