// What is saved as one: a field, a question, or all the rows of a section. Reads and writes the page.
// What the server gave stands in the controls themselves (their defaults): nothing is stored elsewhere.
(() => {
  "use strict";
  const consilium = (window.consilium = window.consilium || {});
  const NEVER = new Set(["csrfmiddlewaretoken", "version", "area", "add", "go"]);
  const ROW = /^(\w+)-(\d+)-(\w+)$/;

  const tidy = (texts) => texts.map((text) => text.replace(/\r\n?/g, "\n").trim()).filter(Boolean).sort();
  const key = (value) => JSON.stringify(value);

  const textsOf = (control, given) => {
    if (control.type === "radio" || control.type === "checkbox") {
      return (given ? control.defaultChecked : control.checked) ? [control.value] : [];
    }
    if (control.tagName !== "SELECT") return [given ? control.defaultValue : control.value];
    const chosen = [...control.options].filter((one) => (given ? one.defaultSelected : one.selected));
    return chosen.map((one) => one.value);
  };

  const fill = (control, texts) => {
    if (control.type === "radio" || control.type === "checkbox") {
      control.checked = texts.includes(control.value);
    } else {
      control.value = texts[0] || "";
    }
  };

  const fieldsOf = (row, given) => {
    const texts = {};
    row.querySelectorAll("input, select, textarea").forEach((control) => {
      const field = (ROW.exec(control.name) || [])[3];
      if (!field || field === "DELETE") return;
      texts[field] = (texts[field] || []).concat(textsOf(control, given));
    });
    const filled = Object.entries(texts).map(([field, all]) => [field, tidy(all)]);
    return Object.fromEntries(filled.filter(([, all]) => all.length).sort(([a], [b]) => (a < b ? -1 : 1)));
  };

  class Unit {
    constructor(form, name) {
      this.form = form;
      this.name = name;
      this.version = 0;
      this.conflict = null;
      this.state = "";
      this.unsaved = false; // the server has refused to keep it
      this.given(this.read(true));
    }

    // The page shows what the record holds.
    given(value) {
      this.bases = [value];
      this.clean = key(value);
    }

    get dirty() {
      return key(this.read()) !== this.clean;
    }

    get controls() {
      return [...this.form.elements].filter((one) => one.name === this.name);
    }

    get place() {
      const one = this.controls[0];
      return one.closest(".question, fieldset, [id^=div_id_]") || one.parentElement;
    }

    get focused() {
      return this.controls.includes(document.activeElement);
    }

    read(given = false) {
      return tidy(this.controls.flatMap((one) => textsOf(one, given)));
    }

    write(value) {
      this.controls.forEach((one) => fill(one, value));
    }

    placeOf() {
      return this.place;
    }

    controlOf() {
      return this.controls[0];
    }
  }

  class Rows extends Unit {
    get box() {
      return this.form.querySelector(`#rows-${this.name}`);
    }

    get rows() {
      return [...this.box.querySelectorAll("[data-row]")];
    }

    get place() {
      return this.box;
    }

    get focused() {
      return this.box.contains(document.activeElement);
    }

    // Rows in which nothing stands do not count; `told` are those that do, as they were read last.
    read(given = false) {
      const found = this.rows.map((row) => [row, fieldsOf(row, given)]);
      const told = found.filter(([, fields]) => Object.keys(fields).length);
      if (!given) this.told = told.map(([row]) => row);
      return told.map(([, fields]) => fields);
    }

    // The server's own rows in place of those on the page.
    replace(html) {
      const made = document.createElement("template");
      made.innerHTML = html;
      made.content.querySelectorAll("noscript").forEach((one) => one.remove());
      const count = made.content.querySelector("input[name$='-TOTAL_FORMS']");
      this.form.elements[count.name].value = count.value;
      count.remove();
      this.box.replaceChildren(made.content);
    }

    placeOf(complaint) {
      const control = this.controlOf(complaint);
      return (control && control.closest("[id^=div_id_]")) || this.rowOf(complaint) || this.box;
    }

    controlOf(complaint) {
      const row = this.rowOf(complaint);
      return row && complaint.field ? row.querySelector(`[name$="-${complaint.field}"]`) : null;
    }

    rowOf(complaint) {
      return complaint.row === null ? null : (this.told || [])[complaint.row];
    }
  }

  consilium.key = key;
  consilium.unitsOf = (form) => {
    const units = new Map();
    form.querySelectorAll(".fact-rows[id^='rows-']").forEach((box) => {
      const name = box.id.slice("rows-".length);
      units.set(name, new Rows(form, name));
    });
    [...form.elements].forEach((one) => {
      const own = one.name && one.tagName !== "BUTTON" && !NEVER.has(one.name) && !/-(TOTAL|INITIAL)_FORMS$/.test(one.name);
      if (!own || units.has(one.name) || one.closest(".fact-rows")) return;
      units.set(one.name, new Unit(form, one.name));
    });
    return units;
  };
})();
