// What is said at a field: not yet part of the record, what is wrong, both texts of a conflict.
(() => {
  "use strict";
  const consilium = (window.consilium = window.consilium || {});

  const element = (name, css, text = "") => {
    const made = document.createElement(name);
    made.className = css;
    made.textContent = text;
    return made;
  };
  const fill = (text, words) => text.replace(/\{(\w+)\}/g, (_all, name) => words[name] ?? "");

  class Notes {
    constructor(texts) {
      this.texts = texts;
      this.count = 0;
    }

    say(name, words = {}) {
      return fill(this.texts[name] || "", words);
    }

    #notesOf(unit) {
      const all = unit.form.querySelectorAll("[data-note]");
      return [...all].filter((one) => one.dataset.note === unit.name);
    }

    clear(unit) {
      const ids = this.#notesOf(unit).map((note) => {
        note.remove();
        return note.id;
      });
      const scope = unit.place;
      scope.querySelectorAll(".invalid-feedback").forEach((one) => one.remove());
      scope.querySelectorAll(".is-invalid").forEach((one) => one.classList.remove("is-invalid"));
      unit.form.querySelectorAll("[aria-describedby], [aria-invalid]").forEach((control) => {
        const left = (control.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && !ids.includes(id));
        if (left.length) control.setAttribute("aria-describedby", left.join(" "));
        else control.removeAttribute("aria-describedby");
        if (control.dataset.complained === unit.name) {
          control.removeAttribute("aria-invalid");
          delete control.dataset.complained;
        }
      });
    }

    #note(unit, place, css, text, control) {
      const note = element("p", `field-note ${css}`, text);
      note.dataset.note = unit.name;
      note.id = `note-${(this.count += 1)}`;
      if (place.matches(".fact-rows")) place.before(note);
      else place.append(note);
      if (control) {
        const ids = (control.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
        control.setAttribute("aria-describedby", [...ids, note.id].join(" "));
      }
      return note;
    }

    // The input is kept by the server and is not part of the record.
    kept(unit, complaints) {
      this.clear(unit);
      complaints.forEach((one) => {
        const control = unit.controlOf(one);
        this.#note(unit, unit.placeOf(one), "is-fault", one.message, control);
        if (control) {
          control.setAttribute("aria-invalid", "true");
          control.dataset.complained = unit.name;
        }
      });
      const name = unit.unsaved ? "refused" : "kept";
      this.#note(unit, unit.place, unit.unsaved ? "is-fault" : "is-draft", this.say(name));
    }

    changed(unit, who) {
      this.clear(unit);
      this.#note(unit, unit.place, "is-news", this.say(who.own ? "changedHere" : "changed", who));
    }

    conflict(unit, found, choose) {
      this.clear(unit);
      const box = element("div", "field-note field-conflict");
      box.dataset.note = unit.name;
      box.setAttribute("role", "group");
      const says = found.state === "elsewhere" ? "elsewhere" : "conflict";
      const title = element("p", "field-conflict-title", this.say(says, { name: found.by, time: found.at }));
      title.id = `note-${(this.count += 1)}`;
      box.setAttribute("aria-labelledby", title.id);
      const list = element("ul", "field-conflict-text");
      const lines = found.words.length ? found.words : [this.say("empty")];
      lines.forEach((line) => list.append(element("li", "", line)));
      const mine = element("button", "btn btn-outline-primary btn-sm", this.say("keepMine"));
      const theirs = element("button", "btn btn-outline-primary btn-sm", this.say("takeTheirs"));
      [mine, theirs].forEach((button) => (button.type = "button"));
      mine.addEventListener("click", () => choose("mine"));
      theirs.addEventListener("click", () => choose("theirs"));
      const actions = element("div", "actions");
      actions.append(mine, theirs);
      box.append(title, list, actions);
      if (unit.place.matches(".fact-rows")) unit.place.before(box);
      else unit.place.append(box);
    }
  }

  consilium.Notes = Notes;
})();
