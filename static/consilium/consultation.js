// Rows of a consultation's sections are added and taken away.
(() => {
  "use strict";
  document.querySelectorAll("[data-step-form]").forEach((form) => {
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-remove-row]");
      if (!button) return;
      const rows = button.closest(".fact-rows");
      button.closest("[data-row]").remove();
      form.dispatchEvent(new Event("change", { bubbles: true }));
      const next = rows.querySelector("select, input:not([type=hidden])");
      const add = rows.parentElement.querySelector("[data-add]");
      (next || add).focus();
    });

    // A new row begins at its first field.
    form.addEventListener("htmx:afterSettle", (event) => {
      const row = event.target.matches("[data-row]") ? event.target : event.target.lastElementChild;
      const first = row && row.querySelector("select, input:not([type=hidden])");
      if (first) first.focus();
    });
  });
})();
