// A signature drawn with a pen, a finger or a mouse. It is sent as whole numbers, never as markup,
// and is kept nowhere but in the form. Whoever cannot draw types a name: the drawing is optional.
(() => {
  "use strict";
  const pad = document.querySelector("[data-pad]");
  const input = pad && pad.parentElement.querySelector("input[name=drawing]");
  if (!input) return;
  const [width, height, most] = ["width", "height", "most"].map((one) => Number(pad.dataset[one]));
  const svg = pad.querySelector("svg");
  const path = svg.querySelector("path");
  const clear = pad.querySelector("[data-pad-clear]");
  let strokes = [];
  let current = null;

  const within = (value, end) => Math.min(Math.max(Math.round(value), 0), end);

  const pointOf = (event) => {
    const box = svg.getBoundingClientRect();
    return [
      within(((event.clientX - box.left) * width) / box.width, width),
      within(((event.clientY - box.top) * height) / box.height, height),
    ];
  };

  const show = () => {
    path.setAttribute("d", strokes.map(([first, ...rest]) =>
      `M${first.join(" ")}${(rest.length ? rest : [first]).map((one) => `L${one.join(" ")}`).join("")}`).join(""));
    input.value = strokes.length ? JSON.stringify(strokes) : "";
    clear.disabled = !strokes.length;
  };

  const count = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0);

  svg.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || count() >= most) return;
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    current = [pointOf(event)];
    strokes.push(current);
    show();
  });

  svg.addEventListener("pointermove", (event) => {
    if (!current || !event.isPrimary || count() >= most) return;
    const [x, y] = pointOf(event);
    const [lastX, lastY] = current[current.length - 1];
    if (Math.hypot(x - lastX, y - lastY) < 3) return; // too fine to be seen
    current.push([x, y]);
    show();
  });

  ["pointerup", "pointercancel"].forEach((name) => svg.addEventListener(name, () => { current = null; }));

  clear.addEventListener("click", () => {
    strokes = [];
    show();
    svg.closest("section").querySelector("input[name=name]").focus();
  });

  try {
    const before = JSON.parse(input.value || "[]"); // after a fault elsewhere in the form
    if (Array.isArray(before) && before.every((stroke) => Array.isArray(stroke) && stroke.length)) strokes = before;
  } catch { /* the server has said what is wrong with it */ }
  pad.hidden = false;
  show();
})();
