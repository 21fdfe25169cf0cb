// What is wrong with how the page stands in this window: wider than it, or with text that is cut
// off or that lies on other text. Returns sentences.
async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await document.fonts.ready;
  await frame();
  await frame();
  const faults = [];
  const room = document.documentElement.clientWidth;
  const tell = (one) => one.outerHTML.replace(/\s+/g, " ").slice(0, 90);

  if (document.documentElement.scrollWidth > room) {
    const out = [...document.body.querySelectorAll("*")].filter((one) => {
      const box = one.getBoundingClientRect();
      return box.width && (box.right > room + 1 || box.left < -1);
    });
    faults.push(`is wider than the screen: ${out.slice(0, 3).map(tell).join(" | ")}`);
  }

  // The part of the page that an element's text can be seen in: what its ancestors cut off, and
  // whether it stays in the window while the rest is scrolled beneath it.
  const places = new Map();
  const placeOf = (one) => {
    if (!one || one === document.documentElement) {
      return { left: -1e6, right: 1e6, top: -1e6, bottom: 1e6, cut: false, layer: null };
    }
    if (places.has(one)) return places.get(one);
    const outer = placeOf(one.parentElement);
    const style = getComputedStyle(one);
    const place = { ...outer };
    if (["fixed", "sticky"].includes(style.position)) place.layer = one;
    const box = one.getBoundingClientRect();
    const narrow = (from, to, low, high, flow) => {
      if (flow === "visible" || one === document.body) return;
      place[from] = Math.max(outer[from], low);
      place[to] = Math.min(outer[to], high);
      // What can be scrolled to is not lost.
      place[`cuts-${from}`] = flow === "hidden" || flow === "clip";
    };
    narrow("left", "right", box.left, box.right, style.overflowX);
    narrow("top", "bottom", box.top, box.bottom, style.overflowY);
    place.unseen = outer.unseen || style.visibility === "hidden" || style.opacity === "0"
      || style.clipPath.startsWith("inset(50%")
      || one.matches(".visually-hidden, [hidden], .skip-link, .skip-to-content-link")
      || (box.width <= 1 && style.overflowX !== "visible") || (box.height <= 1 && style.overflowY !== "visible");
    places.set(one, place);
    return place;
  };

  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const owner = node.parentElement;
    if (!node.data.trim() || owner.closest("script, style, noscript, select, title, desc, textarea")) continue;
    const place = placeOf(owner);
    // What is folded away has its boxes, too.
    if (place.unseen || !owner.checkVisibility()) continue;
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 2 || box.height < 2) continue;
      const seen = {
        left: Math.max(box.left, place.left), right: Math.min(box.right, place.right),
        top: Math.max(box.top, place.top), bottom: Math.min(box.bottom, place.bottom),
      };
      const within = seen.right - seen.left > 1 && seen.bottom - seen.top > 1;
      const lost = (place["cuts-left"] && (box.right - place.right > 2 || place.left - box.left > 2))
        || (place["cuts-top"] && (box.bottom - place.bottom > box.height / 2 || place.top - box.top > box.height / 2));
      if (lost) faults.push(`text is cut off: ${tell(owner)}`);
      if (within) lines.push({ ...seen, owner, layer: place.layer, height: box.height });
    }
  }

  // Line boxes of neighbouring lines touch; text on text shares more than half a line.
  lines.sort((a, b) => a.top - b.top);
  lines.forEach((a, index) => {
    for (let at = index + 1; at < lines.length && lines[at].top < a.bottom; at += 1) {
      const b = lines[at];
      if (a.owner === b.owner || a.layer !== b.layer) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - b.top;
      if (across > 2 && down > Math.min(a.height, b.height) / 2) {
        faults.push(`text lies on text: ${tell(a.owner)} and ${tell(b.owner)}`);
      }
    }
  });

  // A list to choose from shows its choice in full.
  const pen = document.createElement("canvas").getContext("2d");
  for (const list of document.querySelectorAll("select:not([multiple])")) {
    if (!list.checkVisibility() || placeOf(list).unseen || !list.selectedOptions.length) continue;
    const style = getComputedStyle(list);
    pen.font = style.font;
    const space = list.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (pen.measureText(list.selectedOptions[0].text.trim()).width > space + 1) {
      faults.push(`a choice is cut off: ${list.selectedOptions[0].text.trim()} in ${tell(list)}`);
    }
  }
  return [...new Set(faults)].slice(0, 8);
}
