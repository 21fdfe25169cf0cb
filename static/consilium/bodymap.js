// The map and the list are two sides of one thing: the list holds the facts, the map shows them.
(() => {
  "use strict";
  const map = document.getElementById("body-map");
  if (!map) return;
  const form = map.closest("form");
  const regions = [...map.querySelectorAll("[data-area]")];
  const says = map.querySelector("[data-says]");
  const add = form.querySelector(`[data-add="${map.dataset.section}"]`);
  const wanted = form.querySelector("[data-map-area]");
  const areas = () => [...form.querySelectorAll(`select[name^="${map.dataset.section}-"][name$="-area"]`)];
  const rowOf = (select) => select.closest("[data-row]");
  const nameOf = (code) => regions.find((one) => one.dataset.area === code).getAttribute("aria-label");

  const refresh = () => {
    const chosen = new Set(areas().map((select) => select.value));
    regions.forEach((region) => {
      region.setAttribute("aria-pressed", String(chosen.has(region.dataset.area)));
    });
  };

  const concernIn = (select) => rowOf(select).querySelector("select");

  const choose = (code) => {
    const listed = areas().find((select) => select.value === code);
    const empty = areas().find((select) => !select.value);
    if (listed) {
      says.textContent = `${nameOf(code)} ${map.dataset.found}`;
      concernIn(listed).focus();
      return;
    }
    says.textContent = `${nameOf(code)} ${map.dataset.added}`;
    if (empty) {
      empty.value = code;
      empty.dispatchEvent(new Event("change", { bubbles: true }));
      concernIn(empty).focus();
      return;
    }
    wanted.value = code;
    add.click();
  };

  const light = (code) => {
    regions.forEach((region) => region.classList.toggle("is-lit", region.dataset.area === code));
    areas().forEach((select) => rowOf(select).classList.toggle("is-lit", Boolean(code) && select.value === code));
  };

  // One stop for the Tab key in each drawing; the arrow keys go from area to area.
  map.querySelectorAll("svg").forEach((svg) => {
    const own = [...svg.querySelectorAll("[data-area]")];
    own.forEach((region, index) => {
      region.setAttribute("tabindex", index ? "-1" : "0");
      region.addEventListener("click", () => choose(region.dataset.area));
      region.addEventListener("pointerenter", () => light(region.dataset.area));
      region.addEventListener("pointerleave", () => light(""));
      region.addEventListener("focus", () => light(region.dataset.area));
      region.addEventListener("blur", () => light(""));
      region.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          choose(region.dataset.area);
          return;
        }
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const next = own[(index + step + own.length) % own.length];
        own.forEach((one) => one.setAttribute("tabindex", one === next ? "0" : "-1"));
        next.focus();
      });
    });
  });

  form.addEventListener("change", refresh);
  form.addEventListener("htmx:afterSettle", () => {
    wanted.value = "";
    refresh();
  });
  form.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    const area = row && row.querySelector('select[name$="-area"]');
    if (area) light(area.value);
  });
  map.hidden = false;
  refresh();
})();
