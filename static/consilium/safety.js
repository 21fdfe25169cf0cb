// The safety panel follows every answer. What it shows is never taken for newer than it is.
(() => {
  "use strict";
  const panel = () => document.getElementById("safety");
  if (!panel()) return;
  const content = document.getElementById("content");
  let answered = 0; // the last change on the page, and the last one that the server has
  let saved = 0;
  let opened = false; // the sheet of a small screen
  let focus = "";
  let anew = false;

  const say = (state) => {
    const one = panel();
    one.classList.toggle("is-pending", state === "pending");
    one.classList.toggle("is-lost", state === "lost");
    const text = state ? one.querySelector("[data-says]").dataset[state] : "";
    one.querySelector("[data-says]").textContent = text;
  };

  const note = (event) => {
    if (!event.target.closest("[data-step-form]")) return;
    answered = performance.now();
    if (!panel().classList.contains("is-lost")) say("pending");
  };
  content.addEventListener("input", note);
  content.addEventListener("change", note);
  // One look at a time: what is saved while one is under way is looked at as soon as it is back.
  let due = 0;
  let again = false;
  const check = () => {
    clearTimeout(due);
    due = setTimeout(() => {
      due = 0;
      again = panel().classList.contains("htmx-request");
      if (!again) document.body.dispatchEvent(new CustomEvent("consilium:check"));
    }, 50);
  };
  document.body.addEventListener("consilium:saved", () => {
    saved = performance.now();
    check();
  });
  document.body.addEventListener("consilium:confirmed", check);
  document.body.addEventListener("consilium:held", check); // a proposal waits for what is unfinished

  // A draft is not part of the record, and an empty row says nothing: no rule follows from them.
  document.body.addEventListener("consilium:kept", () => {
    answered = Math.min(answered, saved);
    if (!again && !due && panel().matches(".is-pending:not(.htmx-request)")) say("");
  });

  // Questions that no longer matter stand folded, those that do again where they belong.
  const fold = () => {
    const folded = document.querySelector("[data-folded]");
    const card = document.getElementById("next-question");
    if (!folded || !card) return;
    const idle = new Set(card.dataset.idle.split(" ").filter(Boolean));
    document.querySelectorAll(".question[data-condition]").forEach((question) => {
      if (question.contains(document.activeElement)) return; // not from under somebody's hands
      if (!question.home) question.home = homeOf(question, folded);
      const away = folded.contains(question);
      if (idle.has(question.dataset.condition) && !away) folded.append(question);
      else if (!idle.has(question.dataset.condition) && away) putBack(question);
    });
    folded.parentElement.hidden = !folded.children.length;
  };
  const homeOf = (question, folded) => {
    const parent = folded.contains(question) ? document.getElementById("others").parentElement : question.parentElement;
    return { parent, order: [...document.querySelectorAll(".question[data-condition]")].indexOf(question) };
  };
  const putBack = (question) => {
    const after = [...question.home.parent.querySelectorAll(".question")].find((one) => one.home && one.home.order > question.home.order);
    question.home.parent.insertBefore(question, after || null);
  };

  // Contradictions are told at both of the entries, wherever these stand.
  const tellClashes = () => {
    const news = document.getElementById("clash-news");
    const told = new Map([...news.children].map((one) => [`clash-${one.dataset.place}`, one]));
    document.querySelectorAll(".clashes").forEach((place) => {
      const said = told.get(place.id);
      place.replaceChildren(...(said ? [...said.cloneNode(true).children] : []));
    });
  };

  // A small screen shows a bar, and the panel when it is asked for.
  const bar = () => {
    const button = panel().querySelector("[data-sheet]");
    button.hidden = false;
    button.setAttribute("aria-expanded", String(opened));
  };
  const open = (wanted) => {
    opened = wanted;
    bar();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-sheet]")) open(!opened);
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    const target = document.getElementById(link.hash.slice(1));
    if (!target) return;
    if (panel().contains(target)) open(true);
    else if (panel().contains(link)) open(false);
    const fold_ = target.closest("details");
    if (fold_) fold_.open = true;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && opened && panel().contains(document.activeElement)) {
      open(false);
      panel().querySelector("[data-sheet]").focus();
    }
  });

  // The next question is answered at its own place in the history, and saved from there.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-next]");
    if (!form) return;
    const { value } = event.submitter || {};
    const name = `condition-${form.elements.condition.value}`;
    const radio = document.querySelector(`input[name="${name}"][value="${value}"]`);
    if (!radio || !radio.form.dataset.saveUrl) return;
    event.preventDefault();
    event.stopPropagation();
    radio.click();
  }, true);

  // What folds, comes back or is told further up must not move the line that somebody is at.
  let held = null;
  const hold = () => {
    const one = document.activeElement;
    const inside = one && content.contains(one) && !panel().contains(one);
    held = inside ? { one, top: one.getBoundingClientRect().top } : null;
  };
  const holdOn = () => {
    if (held && held.one === document.activeElement) {
      window.scrollBy({ top: held.one.getBoundingClientRect().top - held.top, behavior: "instant" });
    }
    held = null;
  };

  // What is open and where the keys are stay as they were when the panel comes anew.
  const kept = new Map();
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== panel()) return;
    if (!event.detail.xhr.responseText.includes('id="safety"')) {
      event.detail.shouldSwap = false; // a login page, for one
      say("lost");
      return;
    }
    anew = true;
    hold();
    panel().querySelectorAll("details[data-keep]").forEach((one) => kept.set(one.dataset.keep, one.open));
    const inNext = document.activeElement && document.activeElement.closest("#next-question");
    focus = inNext ? "next" : "";
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    panel().querySelectorAll("details[data-keep]").forEach((one) => {
      if (kept.has(one.dataset.keep)) one.open = kept.get(one.dataset.keep);
    });
    bar();
    fold();
    if (anew) tellClashes();
    anew = false;
    queueMicrotask(holdOn); // when everybody else who listens is through
    if (answered > saved || again) say("pending");
    if (again) check();
    const first = document.querySelector("#next-question button, #next-question a");
    if (focus === "next" && first) first.focus();
    focus = "";
  });
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => {
    document.body.addEventListener(name, (event) => {
      if (event.target !== panel()) return;
      say("lost");
      if (again) check();
    });
  });

  bar();
  fold();
})();
