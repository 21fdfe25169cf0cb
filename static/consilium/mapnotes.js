// Notes and their pins: the list holds the notes, the drawings show them. While a note's form is
// open, a tap on a drawing is its place. What is typed is kept on the server until it is pinned.
(() => {
  "use strict";
  const consilium = window.consilium;
  const map = document.getElementById("body-map");
  const notes = () => document.getElementById("map-notes");
  if (!map || !notes() || !notes().dataset.keep) return;

  const SVG = "http://www.w3.org/2000/svg";
  const PAUSE = 800;
  const AGAIN = 3000;
  const drawings = [...map.querySelectorAll("svg.drawing")];
  const says = map.querySelector("[data-says]");
  const tapped = says.textContent;
  let open = null; // the form whose place is being chosen

  const draw = (name, attributes, parent) => {
    const made = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    parent.append(made);
    return made;
  };
  const within = (value) => Math.min(100, Math.max(0, Math.round(value * 10) / 10));
  const scaleOf = (svg) => Math.max(1, svg.viewBox.baseVal.height / 360);
  const drawingOf = (view) => drawings.find((svg) => svg.dataset.view === view);
  const controls = (form) => form.elements;
  const move = (one, svg, x, y) => {
    const { width, height } = svg.viewBox.baseVal;
    one.setAttribute("transform", `translate(${x * width} ${y * height}) scale(${scaleOf(svg)})`);
  };

  // ---- pins ----
  const pin = (note) => {
    const svg = drawingOf(note.dataset.view);
    const one = draw("g", { class: "pin" }, svg.querySelector("[data-pins]"));
    draw("title", {}, one).textContent = note.closest(".note").querySelector("p").textContent;
    draw("path", { d: "M0 0C-4 -7 -8 -10 -8 -16A8 8 0 1 1 8 -16C8 -10 4 -7 0 0Z" }, one);
    draw("text", { y: "-12.5" }, one).textContent = note.textContent;
    move(one, svg, Number(note.dataset.x), Number(note.dataset.y));
  };
  const pins = () => {
    drawings.forEach((svg) => svg.querySelector("[data-pins]").replaceChildren());
    notes().querySelectorAll("[data-pin]").forEach(pin);
  };

  // ---- the crosshair ----
  const handle = document.createElementNS(SVG, "g");
  handle.setAttribute("class", "crosshair");
  handle.setAttribute("tabindex", "0");
  handle.setAttribute("role", "slider");
  handle.setAttribute("aria-valuemin", "0");
  handle.setAttribute("aria-valuemax", "100");
  draw("path", { d: "M-11 0H11M0 -11V11M-6 0A6 6 0 1 1 6 0A6 6 0 1 1 -6 0" }, handle);

  const placeOf = ({ x, y }) => (x.value === "" || y.value === "" ? null : [Number(x.value), Number(y.value)]);

  const aim = () => {
    if (!open) {
      handle.remove();
      return;
    }
    const { view } = controls(open);
    const svg = drawingOf(view.value);
    const [x, y] = placeOf(controls(open)) || [50, 50];
    const words = { view: view.selectedOptions[0].textContent.trim(), x: Math.round(x), y: Math.round(y) };
    if (handle.parentNode !== svg) svg.append(handle);
    handle.classList.toggle("is-unset", !placeOf(controls(open)));
    handle.setAttribute("aria-label", notes().dataset.handle);
    handle.setAttribute("aria-valuenow", String(words.x));
    handle.setAttribute("aria-valuetext", notes().dataset.at.replace(/\{(\w+)\}/g, (_all, key) => words[key]));
    move(handle, svg, x / 100, y / 100);
  };

  const put = (view, x, y, area) => {
    const own = controls(open);
    own.view.value = view;
    own.x.value = within(x);
    own.y.value = within(y);
    if (area !== undefined && [...own.area.options].some((one) => one.value === area)) own.area.value = area;
    aim();
    soon(open);
  };

  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step || !open) return;
    event.preventDefault();
    const [x, y] = placeOf(controls(open)) || [50, 50];
    const far = event.shiftKey ? 5 : 1;
    put(controls(open).view.value, x + step[0] * far, y + step[1] * far);
  });

  drawings.forEach((svg) => {
    // Before the areas hear of it: a tap adds no concern now.
    svg.addEventListener("click", (event) => {
      if (!open) return;
      event.stopPropagation();
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      const { width, height } = svg.viewBox.baseVal;
      const region = event.target.closest("[data-area]");
      put(svg.dataset.view, (100 * point.x) / width, (100 * point.y) / height, region ? region.dataset.area : "");
      if (!controls(open).text.value) controls(open).text.focus();
    }, { capture: true });
    svg.addEventListener("keydown", (event) => {
      const region = event.target.closest("[data-area]");
      if (!open || !region || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      event.stopPropagation();
      const { e, f } = svg.querySelector(`[data-sign="${region.dataset.area}"]`).transform.baseVal.getItem(0).matrix;
      const { width, height } = svg.viewBox.baseVal;
      put(svg.dataset.view, (100 * e) / width, (100 * f) / height, region.dataset.area);
    }, { capture: true });
  });

  // ---- one form at a time ----
  const choose = () => {
    const box = notes().querySelector("[data-note-box][open]");
    open = box ? box.querySelector("[data-note-form]") : null;
    map.classList.toggle("is-placing", Boolean(open));
    says.textContent = open ? notes().dataset.place : tapped;
    aim();
  };
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches || !event.target.matches("[data-note-box]")) return;
    if (event.target.open) {
      notes().querySelectorAll("[data-note-box][open]").forEach((one) => (one.open = one === event.target));
    }
    choose();
    // The drawing comes into sight, unless somebody is in the form by now: that would leave it.
    const inForm = event.target.querySelector("[data-note-form]").contains(document.activeElement);
    if (event.target.open && !inForm) map.scrollIntoView({ block: "nearest" });
  }, { capture: true });

  // ---- keeping what is typed ----
  const waiting = new Set();
  let timer = 0;

  const typed = (form) => {
    const { view, x, y, area, text } = controls(form);
    return { view: view.value, x: x.value, y: y.value, area: area.value, text: text.value };
  };

  const keep = async (form) => {
    const said = form.querySelector("[data-note-state]");
    const { keep: url, user, saved, lost, unsaved } = notes().dataset;
    const server = new consilium.Server({ dataset: { ...notes().dataset, token: form.elements.csrfmiddlewaretoken.value } });
    waiting.delete(form);
    const answer = await server.ask(url, { body: { user, note: form.dataset.noteForm, value: typed(form) } });
    if (!form.isConnected) return;
    if (answer.status === 200) said.textContent = saved.replace("{time}", answer.body.saved_at);
    else if (answer.status === 400 || (answer.status === 409 && answer.body.code === "closed")) said.textContent = unsaved;
    else {
      said.textContent = lost;
      waiting.add(form);
      timer = setTimeout(flush, AGAIN);
    }
  };
  const flush = () => {
    clearTimeout(timer);
    [...waiting].filter((form) => form.isConnected).forEach(keep);
  };
  const soon = (form) => {
    waiting.add(form);
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSE);
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-note-form]");
    if (!form) return;
    if (form === open) aim();
    soon(form);
  });
  document.addEventListener("submit", (event) => waiting.delete(event.target), { capture: true });
  window.addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => document.hidden && flush());
  window.addEventListener("beforeunload", (event) => {
    if ([...waiting].some((form) => form.isConnected)) event.preventDefault();
  });

  // The notes came anew from the server.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.target || event.target.id !== "map-notes") return;
    pins();
    choose();
    const said = notes().querySelector("[data-note-box][open] [data-note-form] textarea");
    (said || notes().querySelector(".note-new > summary")).focus({ preventScroll: true });
  });
  pins();
  choose();
})();
