// Rows can be taken away, and picking another step saves this one first.
(() => {
  "use strict";
  const form = document.querySelector("[data-step-form]");
  if (!form) return;
  let changed = false;

  const note = () => {
    changed = true;
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);

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

  document.querySelectorAll("[data-go]").forEach((link) => {
    link.addEventListener("click", (event) => {
      if (!changed || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const go = document.createElement("input");
      go.type = "hidden";
      go.name = "go";
      go.value = link.dataset.go;
      form.append(go);
      form.submit();
    });
  });
})();
