// An answer that was confirmed loses its mark on the page, in whatever section it stands.
(() => {
  "use strict";

  const mark = (key) => document.querySelector(`[data-carried="${CSS.escape(key)}"]`);

  // Confirming counts as a save: pages that were up to date before it still are.
  const keepUpToDate = ({ before, version }) => {
    document.querySelectorAll("[data-step-form] input[name=version]").forEach((input) => {
      if (input.value === String(before)) input.value = String(version);
    });
  };

  const settle = (form) => {
    const bar = form && form.querySelector("[data-carried-bar]");
    if (!bar) return;
    const left = form.querySelectorAll("[data-carried]:not(.is-confirmed)").length;
    if (left) {
      bar.querySelector("[data-carried-count]").textContent = left;
      return;
    }
    const says = bar.querySelector("[data-carried-says]");
    says.textContent = bar.dataset.allConfirmed;
    bar.classList.add("is-confirmed");
    const button = bar.querySelector("button");
    const focused = button === document.activeElement;
    button.remove();
    if (focused) {
      says.tabIndex = -1;
      says.focus();
    }
  };

  document.body.addEventListener("consilium:confirmed", (event) => {
    const forms = new Set();
    event.detail.keys.forEach((key) => {
      const found = mark(key);
      if (!found) return;
      const form = found.closest("form");
      const bar = form.querySelector("[data-carried-bar]");
      const focused = found.contains(document.activeElement);
      found.classList.add("is-confirmed");
      found.textContent = bar ? bar.dataset.confirmed : "✓";
      if (focused) {
        found.tabIndex = -1;
        found.focus();
      }
      forms.add(form);
    });
    keepUpToDate(event.detail);
    forms.forEach(settle);
  });

  // A changed answer needs no word more: the server takes its mark off when it is saved.
  const markNear = (control) => {
    const place = control.closest(".question, [data-row], [class*='col-']");
    return place && (place.closest("[data-row]") || place).querySelector("[data-carried]:not(.is-confirmed)");
  };
  document.addEventListener("change", (event) => {
    const found = event.target.closest("[data-step-form]") && markNear(event.target);
    if (found) found.dataset.changed = "";
  });
  document.addEventListener("consilium:saved", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (!form) return;
    form.querySelectorAll("[data-carried][data-changed]").forEach((found) => found.remove());
    settle(form);
  });
})();
