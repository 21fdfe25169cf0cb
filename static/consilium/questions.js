// The rest of a list of questions answered with “no” by one button, and taken back by another.
// Without JavaScript the button sends the form, and the server does the same.
(() => {
  "use strict";
  document.querySelectorAll("[data-rest]").forEach((bar) => {
    const list = bar.closest("[data-questions]");
    const button = bar.querySelector("[data-rest-no]");
    const back = bar.querySelector("[data-rest-back]");
    const says = bar.querySelector("[data-rest-says]");
    let given = [];

    const open = () =>
      [...list.querySelectorAll(".question")].filter((one) => !one.querySelector("input:checked"));
    const fill = (text, number) => text.replace("{number}", number);
    const changed = () => list.dispatchEvent(new Event("change", { bubbles: true }));

    const refresh = () => {
      const left = open().length;
      button.hidden = left < 2; // a single one has its own button
      button.textContent = fill(bar.dataset.offer, left);
      given = given.filter((one) => one.checked);
      back.hidden = !given.length;
      if (!given.length) says.textContent = "";
    };

    button.addEventListener("click", (event) => {
      event.preventDefault();
      given = open().map((one) => one.querySelector("input[value='no']"));
      given.forEach((one) => (one.checked = true));
      says.textContent = fill(bar.dataset.done, given.length);
      changed();
      back.focus();
    });

    back.addEventListener("click", () => {
      given.forEach((one) => (one.checked = false));
      given = [];
      changed();
      button.focus();
    });

    list.addEventListener("change", refresh);
    document.body.addEventListener("htmx:afterSettle", refresh); // questions fold away, and come back
    refresh();
  });
})();
