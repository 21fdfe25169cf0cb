// Beside the list, the map itself takes concerns: an area is tapped, then what is there, then how much.
// All of it is written into the rows of the list, which hold the facts.
(() => {
  "use strict";
  const map = document.getElementById("body-map");
  const palette = map && map.querySelector("[data-palette]");
  if (!palette) return;
  const form = document.getElementById(map.dataset.form);
  const title = palette.querySelector("[data-palette-area]");
  const choices = palette.querySelector("[data-palette-concerns]");
  const degrees = palette.querySelector("[data-palette-severities]");
  const add = form.querySelector(`[data-add="${map.dataset.section}"]`);
  const wanted = form.querySelector("[data-map-area]");
  let area = "";
  let chosen = ""; // the concern whose severity is asked for
  let awaited = null; // a concern whose row is on its way

  const rows = () => [...form.querySelectorAll(`#rows-${map.dataset.section} [data-row]`)];
  const control = (row, name) => row.querySelector(`select[name$="-${name}"]`);
  const value = (row, name) => control(row, name).value;
  const here = (concern) => rows().find((row) => value(row, "area") === area && value(row, "concern") === concern);

  const put = (row, name, told) => {
    const select = control(row, name);
    select.value = told;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const buttons = (place, options, act) => {
    place.replaceChildren(
      ...options.map((option) => {
        const made = document.createElement("button");
        made.type = "button";
        made.className = "btn btn-outline-primary btn-sm";
        made.textContent = option.textContent.trim();
        made.dataset.value = option.value;
        made.addEventListener("click", () => act(option.value));
        return made;
      }),
    );
  };

  // Nothing is kept here: what is pressed is what the list says.
  const refresh = () => {
    if (palette.hidden) return;
    choices.querySelectorAll("button").forEach((one) => {
      one.setAttribute("aria-pressed", String(Boolean(here(one.dataset.value))));
    });
    const row = chosen && here(chosen);
    degrees.hidden = !row;
    if (!row) return;
    degrees.querySelector("[data-of]").textContent = control(row, "concern").selectedOptions[0].textContent.trim();
    degrees.querySelectorAll("button").forEach((one) => {
      one.setAttribute("aria-pressed", String(value(row, "severity") === one.dataset.value));
    });
  };

  const take = (concern) => {
    if (awaited) return;
    chosen = concern;
    if (here(concern)) {
      refresh();
      return;
    }
    const begun = here("") || rows().find((row) => !value(row, "area") && !value(row, "concern"));
    if (begun) {
      if (!value(begun, "area")) control(begun, "area").value = area;
      put(begun, "concern", concern);
      refresh();
      return;
    }
    awaited = { area, concern };
    refresh(); // nothing to say of its severity before its row is there
    wanted.value = area;
    add.click();
  };

  // The new row takes what was tapped, and the keys stay where they were.
  form.addEventListener("htmx:afterSettle", () => {
    const last = rows().at(-1);
    if (awaited && last && value(last, "area") === awaited.area && !value(last, "concern")) {
      put(last, "concern", awaited.concern);
      const button = [...choices.children].find((one) => one.dataset.value === awaited.concern);
      if (area === awaited.area && button) button.focus();
    }
    awaited = null;
    refresh();
  });

  const open = (code) => {
    const row = rows()[0];
    if (!row) return false;
    const told = (name) => [...control(row, name).options].filter((one) => one.value);
    area = code;
    chosen = "";
    title.textContent = map.querySelector(`[data-area="${code}"]`).getAttribute("aria-label");
    buttons(choices, told("concern"), take);
    buttons(degrees.querySelector("[data-degrees]"), told("severity"), (degree) => put(here(chosen), "severity", degree));
    palette.hidden = false;
    refresh();
    return true;
  };

  const tapped = (event) => {
    const region = event.target.closest("[data-area]");
    if (region && !open(region.dataset.area)) {
      form.addEventListener("htmx:afterSettle", () => open(region.dataset.area), { once: true });
    }
  };
  map.addEventListener("click", tapped);
  map.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && tapped(event));
  form.addEventListener("change", refresh);
})();
