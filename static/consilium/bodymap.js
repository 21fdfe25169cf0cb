// The map and the list are two sides of one thing: the list holds the facts, the map shows them.
(() => {
  "use strict";
  const map = document.getElementById("body-map");
  if (!map) return;
  const form = document.getElementById(map.dataset.form);
  const regions = [...map.querySelectorAll("[data-area]")];
  const names = new Map(regions.map((one) => [one.dataset.area, one.getAttribute("aria-label")]));
  const says = map.querySelector("[data-says]");
  const here = map.querySelector("[data-here]");
  const add = form.querySelector(`[data-add="${map.dataset.section}"]`);
  const wanted = form.querySelector("[data-map-area]");
  const areas = () => [...form.querySelectorAll(`select[name^="${map.dataset.section}-"][name$="-area"]`)];
  const rowOf = (select) => select.closest("[data-row]");
  const control = (row, name) => row.querySelector(`select[name$="-${name}"]`);
  const chosenText = (select) => (select.value ? select.selectedOptions[0].textContent.trim() : "");

  // What the list says of an area: each row with its concern and severity.
  const listed = (code) =>
    areas()
      .filter((select) => select.value === code)
      .map((select) => {
        const row = rowOf(select);
        const severity = control(row, "severity");
        const words = [chosenText(control(row, "concern")) || map.dataset.unnamed, chosenText(severity)];
        return { row, severity: Number(severity.value), told: words.filter(Boolean).join(", ") };
      });

  const fillOf = (code) => {
    const rows = code ? listed(code) : []; // a row without an area yet is nowhere
    return rows.length ? `severity-${Math.max(...rows.map((one) => one.severity))}` : "";
  };

  // Colour and pattern say the worst severity, the number how many, the name all of it in words.
  // Where nothing is said of a part, what is said of the whole holds.
  const refresh = () => {
    names.forEach((name, code) => {
      const rows = listed(code);
      map.querySelectorAll(`[data-area="${code}"]`).forEach((region) => {
        const told = rows.map((one) => one.told).join("; ");
        region.dataset.fill = fillOf(code) || fillOf(region.dataset.within);
        region.setAttribute("aria-pressed", String(rows.length > 0));
        region.querySelector("title").textContent = [name, told].filter(Boolean).join(": ");
        region.querySelector("desc").textContent = told;
      });
      map.querySelectorAll(`[data-sign="${code}"]`).forEach((sign) => {
        sign.toggleAttribute("hidden", !rows.length);
        sign.querySelector("text").textContent = rows.length || "";
      });
    });
  };

  const clear = () => {
    here.replaceChildren();
    here.hidden = true;
  };

  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-outline-primary btn-sm";
    made.textContent = text;
    made.addEventListener("click", act);
    here.append(made);
  };

  const addRow = (code) => {
    says.textContent = `${names.get(code)}: ${map.dataset.added}`;
    clear();
    const empty = areas().find((select) => !select.value);
    if (!empty) {
      wanted.value = code;
      add.click();
      return;
    }
    empty.value = code;
    empty.dispatchEvent(new Event("change", { bubbles: true }));
    control(rowOf(empty), "concern").focus();
  };

  // An area that is listed offers its concerns, and one more.
  const choose = (code) => {
    const rows = listed(code);
    if (!rows.length) {
      addRow(code);
      return;
    }
    says.textContent = names.get(code);
    clear();
    rows.forEach((one) => button(one.told, () => control(one.row, "concern").focus()));
    button(map.dataset.another, () => addRow(code));
    here.hidden = false;
    here.firstElementChild.focus();
  };

  const light = (code) => {
    regions.forEach((region) => region.classList.toggle("is-lit", region.dataset.area === code));
    areas().forEach((select) => rowOf(select).classList.toggle("is-lit", Boolean(code) && select.value === code));
  };

  // One stop for the Tab key in each drawing; the arrow keys go from area to area.
  map.querySelectorAll("svg.drawing").forEach((svg) => {
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
