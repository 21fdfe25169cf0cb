// Everything that is typed is saved on the server, field by field. What waits lives in memory only.
(() => {
  "use strict";
  const consilium = window.consilium;
  const room = document.querySelector("[data-room]");
  const forms = [...document.querySelectorAll("form[data-save-url]")];
  if (!room || !forms.length) return;

  const PAUSE = 800; // after the last key
  const LONGEST_PAUSE = 3000; // while somebody goes on typing
  const BEAT = 8000; // with the time limit of a beat a lost connection shows within 13 s
  const MOST_BASES = 20;
  const server = new consilium.Server(room);
  const notes = new consilium.Notes(room.dataset);
  const status = room.querySelector("[data-status]");
  const others = room.querySelector("[data-others]");
  const login = room.querySelector("[data-login]");
  const units = new Map(forms.flatMap((form) => [...consilium.unitsOf(form)]));
  let trouble = ""; // "", lost, nobody, other, gone
  let troubles = 0; // how often there was any
  let savedAt = room.dataset.savedAt || "";
  let since = Number(room.dataset.version);
  let running = null;
  let urgent = false;
  let firstKey = 0;
  let pause = 0;
  let beat = 0;
  let misses = 0;
  let changedAt = "";
  let sending = false; // a whole form is on its way: a save beside it would make it look outdated

  const all = (of = units.values()) => [...of];
  const dirty = () => all().filter((unit) => unit.dirty);
  const unsaved = () => all().some((unit) => unit.unsaved || unit.dirty);

  // ---- what is said ----
  const tell = () => {
    const kept = all().some((unit) => unit.state === "kept" || unit.state === "conflict");
    const name = trouble || (running ? "saving" : all().some((unit) => unit.unsaved) ? "unsaved" : kept ? "savedDraft" : savedAt ? "saved" : "nothing");
    const text = notes.say(name, { time: savedAt });
    if (status.textContent !== text) status.textContent = text;
    room.dataset.state = trouble ? "trouble" : name;
    login.hidden = trouble !== "nobody";
  };

  const happened = (form, detail) => {
    form.dispatchEvent(new CustomEvent("consilium:saved", { bubbles: true, detail }));
  };

  // ---- saving ----
  const held = (units) => units.filter((unit) => unit.state === "kept" || unit.state === "conflict").length;
  const save = async (form, own) => {
    const sent = new Map(own.map((unit) => [unit, unit.read()]));
    const fields = {};
    sent.forEach((value, unit) => {
      fields[unit.name] = { value, bases: [...unit.bases] };
      const [record, ...since_] = unit.bases;
      unit.bases = [record, ...[...since_, value].slice(-MOST_BASES)]; // it may arrive although no answer does
    });
    const answer = await server.ask(form.dataset.saveUrl, { body: { user: server.user, fields } });
    if (answer.status !== 200) return refused(answer, sent);
    misses = 0;
    savedAt = answer.body.saved_at;
    const before = held(own);
    sent.forEach((value, unit) => settle(unit, value, answer.body));
    if (held(own) > before) document.body.dispatchEvent(new CustomEvent("consilium:held"));
    const written = Object.values(answer.body.fields).some((one) => one.state === "saved");
    if (written) happened(form, { section: form.dataset.stepForm, version: answer.body.version });
    return true;
  };

  const settle = (unit, value, body) => {
    const result = body.fields[unit.name];
    unit.clean = consilium.key(value);
    unit.state = result.state;
    unit.unsaved = result.state === "refused" || result.state === "elsewhere";
    unit.conflict = null;
    if (result.state === "saved") {
      unit.bases = [result.value];
      unit.version = body.version;
      notes.clear(unit);
      return;
    }
    unit.bases = [unit.bases[0], value];
    show(unit, result);
  };

  const show = (unit, result) => {
    if (result.state === "conflict" || result.state === "elsewhere") {
      unit.conflict = result;
      notes.conflict(unit, result, (whose) => choose(unit, whose));
    } else if (unit.focused) {
      unit.later = result.complaints; // nobody is told of a fault in the middle of a word
    } else {
      notes.kept(unit, result.complaints);
    }
  };

  const choose = async (unit, whose) => {
    const { theirs } = unit.conflict;
    try {
      if (whose === "theirs" && !(await put(unit, theirs, unit.conflict.state === "elsewhere"))) return;
    } catch {
      await check();
      return;
    }
    unit.bases = [theirs, ...unit.bases];
    unit.clean = ""; // whichever it is, the server shall hear of it
    unit.conflict = null;
    notes.clear(unit);
    moved(unit);
    (unit.controls[0] || unit.place.querySelector("select, input") || unit.place).focus();
    await flush();
  };

  // Show a value that nobody typed here. False when somebody typed while it was fetched.
  const put = async (unit, value, unfinished = false) => {
    if (!unit.box) {
      unit.write(value);
      return true;
    }
    const before = consilium.key(unit.read());
    const url = `${room.dataset.rows.replace("SECTION", unit.name)}${unfinished ? "?unfinished=yes" : ""}`;
    const html = await server.html(url);
    if (consilium.key(unit.read()) !== before) return false;
    unit.replace(html);
    return true;
  };

  // For whatever follows the controls. Only once the unit knows what it was given: nobody typed this.
  const moved = (unit) => unit.form.dispatchEvent(new Event("change", { bubbles: true }));

  const refused = async (answer, sent) => {
    if (answer.status === 400 || answer.status === 413) {
      sent.forEach((value, unit) => {
        unit.clean = consilium.key(value);
        unit.unsaved = true;
        notes.kept(unit, [{ message: answer.body.message || notes.say("unsaved"), row: null, field: "" }]);
      });
      return true;
    }
    const reason = { closed: "gone", "other-user": "other" }[answer.body.code];
    return check(reason || (answer.status === 0 || answer.status >= 500 ? "lost" : ""));
  };

  // Who is there, when something was not taken. With the same person's new session it is tried again,
  // but not for ever: then it is this person who may not.
  const check = async (known = "") => {
    const found = known || (await server.who());
    misses += 1;
    troubles += 1;
    trouble = found !== "same" ? found : misses > 2 ? "gone" : "";
    tell();
    if (trouble) expect(2000);
    return false;
  };

  // One request after the other, so that none overtakes another.
  const flush = () => {
    clearTimeout(pause);
    pause = firstKey = 0;
    urgent = true;
    running = running || run().finally(() => {
      running = null;
      tell();
      if (!unsaved() && !trouble) document.body.dispatchEvent(new CustomEvent("consilium:kept"));
      if (dirty().length && !pause && !trouble && !sending) soon();
    });
    return running;
  };

  const run = async () => {
    while (urgent && !trouble && !sending) {
      urgent = false;
      const waiting = dirty();
      for (const form of new Set(waiting.map((unit) => unit.form))) {
        tell();
        const own = waiting.filter((unit) => unit.form === form);
        while (!(await save(form, own))) if (trouble) return;
      }
    }
  };

  const soon = () => {
    const now = Date.now();
    firstKey = firstKey || now;
    clearTimeout(pause);
    pause = setTimeout(flush, Math.max(0, Math.min(PAUSE, firstKey + LONGEST_PAUSE - now)));
  };

  // ---- hearing of others ----
  const expect = (wait) => {
    clearTimeout(beat);
    beat = setTimeout(listen, wait);
  };

  const listen = async (first = false) => {
    if (trouble === "nobody" || trouble === "other" || trouble === "gone") {
      await back(await server.who());
      expect(3000);
      return;
    }
    const body = { since, unfinished: first === true };
    const before = troubles;
    const { status: code, body: heard } = await server.ask(server.news, { body, background: true, limit: 5000 });
    if (code !== 200) await check(code === 0 || code >= 500 ? "lost" : "");
    else if (heard.user !== server.user) await check("other");
    else {
      await take(heard);
      if (troubles === before) await back("same"); // an answer from before the trouble does not end it
    }
    expect(trouble === "lost" ? 3000 : BEAT);
  };

  const back = async (found) => {
    const was = trouble;
    trouble = found === "same" ? "" : found;
    tell();
    if (found === "same") misses = 0;
    if (found === "same" && (was || dirty().length)) await flush();
  };

  const take = async (heard) => {
    if (!heard.editable) {
      trouble = "gone";
      tell();
      return;
    }
    server.renew(heard.token);
    const found = Object.entries(heard.changes || {}).filter(([name]) => units.has(name));
    for (const [name, change] of found) await follow(units.get(name), change);
    for (const [name, one] of Object.entries(heard.unfinished || {})) {
      if (units.has(name)) await resume(units.get(name), one);
    }
    since = heard.version;
    forms.forEach((form) => (form.elements.version.value = since));
    others.hidden = !heard.others.length;
    others.textContent = notes.say(changedAt ? "alsoChanged" : "also", { names: heard.others.join(", "), time: changedAt });
    tell();
  };

  // Somebody changed a field. What is untouched here follows; what is not will be shown as a conflict.
  const follow = async (unit, change) => {
    if (change.version <= unit.version) return;
    const same = consilium.key(change.value) === consilium.key(unit.bases[0]);
    if (!change.own) changedAt = change.at;
    if (!same && (unit.dirty || unit.state === "kept" || unit.conflict || (unit.box && unit.focused))) return;
    unit.version = change.version;
    if (same) return;
    try {
      if (!(await put(unit, change.value))) return;
    } catch {
      unit.version = 0;
      return;
    }
    unit.given(change.value);
    unit.clean = consilium.key(unit.read());
    moved(unit);
    notes.changed(unit, { name: change.by, time: change.at, own: change.own });
    happened(unit.form, { section: unit.form.dataset.stepForm, version: change.version });
  };

  // What this person typed before the window was closed.
  const resume = async (unit, one) => {
    if (unit.dirty) return;
    try {
      if (!(await put(unit, one.input, true))) return;
    } catch {
      return;
    }
    // In a conflict the record does not count as seen until one of the two is chosen.
    unit.bases = one.state === "conflict" ? [one.input] : [unit.bases[0], one.input];
    unit.clean = consilium.key(unit.read());
    unit.state = one.state;
    moved(unit);
    show(unit, one);
  };

  // ---- the page ----
  // What is typed from here on is saved when the page goes; what is under way ends first.
  const prepare = async () => {
    sending = true;
    await running;
    await new Promise((done) => setTimeout(done)); // no form can be sent from within its own event
    const end = Date.now() + 4000;
    while (document.querySelector(".htmx-request") && Date.now() < end) {
      await new Promise((done) => setTimeout(done, 20));
    }
  };

  // One request without an answer is no reason to forget which button somebody pressed.
  const reach = async () => {
    for (const wait of [500, 1500]) {
      if (trouble !== "lost") return;
      await new Promise((done) => setTimeout(done, wait));
      await listen();
    }
  };

  const stay = () => {
    sending = false;
    document.body.dispatchEvent(new CustomEvent("consilium:saved"));
  };

  forms.forEach((form) => {
    form.addEventListener("input", soon);
    form.addEventListener("change", () => flush());
    form.addEventListener("focusout", () => {
      setTimeout(() => {
        all().filter((unit) => unit.later && !unit.focused).forEach((unit) => {
          if (unit.state === "kept") notes.kept(unit, unit.later);
          unit.later = null;
        });
      });
      if (dirty().length) flush();
    });
    form.addEventListener("submit", async (event) => {
      if (form.dataset.flushed || (event.submitter && event.submitter.name === "add")) return;
      event.preventDefault();
      if (sending) return;
      await flush();
      await prepare();
      await listen();
      await reach();
      const clash = all().find((unit) => unit.form === form && unit.conflict);
      if (clash) clash.place.parentElement.querySelector(".field-conflict button").focus();
      if (clash || trouble) {
        stay();
        return;
      }
      form.dataset.flushed = "yes";
      form.requestSubmit(event.submitter);
    }, { capture: true });
  });

  // What is proposed is proposed from all that stands on the page, also from what was typed last.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-after-saving]") || form.dataset.flushed) return;
    event.preventDefault();
    if (sending) return;
    await flush();
    await reach();
    if (trouble || all().some((unit) => unit.unsaved)) return;
    await prepare();
    const now = document.querySelector(`[data-after-saving][action="${form.getAttribute("action")}"]`);
    if (!now) {
      stay();
      return;
    }
    now.dataset.flushed = "yes"; // what was saved has brought this part of the page anew
    now.requestSubmit();
  }, { capture: true });

  const leave = () => dirty().length && !trouble && all(forms).forEach((form) => {
    const own = dirty().filter((unit) => unit.form === form);
    if (own.length) save(form, own);
  });
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : expect(0)));
  window.addEventListener("focus", () => trouble && expect(0));
  window.addEventListener("online", () => expect(0));
  window.addEventListener("offline", () => check("lost"));
  window.addEventListener("beforeunload", (event) => {
    if ((trouble && unsaved()) || all().some((unit) => unit.unsaved)) event.preventDefault();
  });
  // Without a login a part of the page would send the whole page to it, with all that waits here.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (sending || (trouble && trouble !== "lost")) event.preventDefault();
  });

  room.hidden = false;
  document.querySelectorAll("[data-saved-then]").forEach((one) => one.remove()); // the room says it for all
  tell();
  listen(true);
})();
