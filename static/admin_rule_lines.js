// A trigger line of a rule shows only the fields of the kind of fact that is chosen in it.
"use strict";
(() => {
  const show = (select) => {
    const byKind = JSON.parse(select.dataset.fields);
    const all = new Set(Object.values(byKind).flat());
    const wanted = new Set(byKind[select.value] || []);
    const line = select.closest(".inline-related");
    for (const row of line.querySelectorAll(".form-row")) {
      const names = [...all].filter(
        (name) => row.classList.contains(`field-${name}`) || row.querySelector(`.field-${name}`),
      );
      row.hidden = names.length > 0 && !names.some((name) => wanted.has(name));
    }
  };
  const showAll = (root) => root.querySelectorAll("select[data-fields]").forEach(show);
  document.addEventListener("DOMContentLoaded", () => showAll(document));
  document.addEventListener("formset:added", (event) => showAll(event.target));
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-fields]")) show(event.target);
  });
})();
