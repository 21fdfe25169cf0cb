// A rule's page says what the unsaved form means, and tries it on facts. Nothing is saved here.
"use strict";
(() => {
  const PAUSE = 300; // milliseconds without typing before the server is asked
  const HEADERS = { "X-Requested-With": "fetch" };

  const element = (name, text) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const listOf = (items) => {
    const list = element("ul");
    list.append(...items);
    return list;
  };

  const drawGroups = (box, groups) => {
    const several = groups.length > 1;
    const list = box.querySelector(".groups-list");
    list.replaceChildren(
      ...groups.map((group) => {
        if (group.length === 1) return element("li", group[0]);
        const item = element("li", box.dataset.any);
        item.append(listOf(group.map((phrase) => element("li", phrase))));
        return item;
      }),
    );
    list.hidden = !several && !(groups.length === 1 && groups[0].length > 1);
    box.querySelector(".groups-title").hidden = !several;
  };

  const nameLines = (lines) => {
    for (const [prefix, phrase] of Object.entries(lines)) {
      const label = document.getElementById(prefix)?.querySelector(".inline_label");
      if (label) label.textContent = phrase;
    }
  };

  const preview = (form, box) => {
    let waiting = 0;
    let running = null;
    const ask = async () => {
      running?.abort();
      running = new AbortController();
      try {
        const answer = await fetch(box.dataset.url, {
          method: "POST",
          body: new FormData(form),
          headers: HEADERS,
          signal: running.signal,
        });
        if (!answer.ok) throw new Error(String(answer.status));
        const read = await answer.json();
        box.querySelector(".sentence").textContent = read.sentence;
        drawGroups(box, read.groups);
        nameLines(read.lines);
      } catch (error) {
        if (error.name === "AbortError") return;
        box.querySelector(".sentence").textContent = box.dataset.failed;
      }
    };
    return () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, PAUSE);
    };
  };

  const prepareTrial = (form, panel) => {
    const button = panel.querySelector("button");
    const place = panel.querySelector(".tried");
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      button.disabled = true;
      place.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(button.formAction, {
          method: "POST",
          body: new FormData(form),
          headers: HEADERS,
        });
        if (!answer.ok) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        place.replaceChildren(...page.body.childNodes);
      } catch {
        place.replaceChildren(element("p", panel.dataset.failed));
      } finally {
        button.disabled = false;
        place.removeAttribute("aria-busy");
      }
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("rule_form");
    const box = document.getElementById("rule-preview");
    const panel = document.getElementById("rule-trial");
    if (!form || !box || !panel) return; // whoever only looks has no form to read
    const soon = preview(form, box);
    // The admin's search fields tell of a choice through jQuery alone.
    window.django.jQuery(form).on("change", soon);
    form.addEventListener("input", soon);
    document.addEventListener("formset:added", soon);
    document.addEventListener("formset:removed", soon);
    prepareTrial(form, panel);
    soon();
  });
})();
