// Small habits of every page. Nothing here is needed to enter or save anything.
(() => {
  "use strict";

  // A form that is being sent is not sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.dataset.sent) return;
    setTimeout(() => {
      form.dataset.sent = "true";
      form.querySelectorAll("button:not([type=button])").forEach((button) => {
        button.disabled = true;
      });
    });
  });

  // Coming back with the browser's button shows the form ready to use again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    window.location.reload();
  });

  // A page that a form could not be saved from begins at its first fault.
  document.addEventListener("DOMContentLoaded", () => {
    const fault = document.querySelector("[data-focus], .is-invalid");
    if (fault) fault.focus();
    document.querySelectorAll("[data-print]").forEach((button) => {
      button.addEventListener("click", () => window.print());
    });
  });
})();
