// The page of a consultation: where the reader is, and how much of the window is taken.
(() => {
  "use strict";
  const root = document.documentElement;
  const banner = document.querySelector(".banner-stays");
  const sections = [...document.querySelectorAll(".workspace-section")];
  const index = document.querySelector(".steps");
  if (!banner || !index) return;

  const measure = () => {
    root.style.setProperty("--stays", `${banner.offsetHeight}px`);
    root.style.setProperty("--index", `${index.offsetHeight}px`);
  };
  const watch = new ResizeObserver(measure);
  watch.observe(banner);
  watch.observe(index);
  measure();

  // The index marks the section that is read: the last one that begins above the middle.
  const mark = () => {
    const above = sections.filter((one) => one.getBoundingClientRect().top < window.innerHeight / 2);
    const atEnd = window.innerHeight + window.scrollY >= root.scrollHeight - 2;
    const current = atEnd ? sections.at(-1) : above.at(-1) || sections[0];
    index.querySelectorAll("a").forEach((link) => {
      if (link.hash !== `#${current.id}`) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "location");
        const list = link.closest(".steps > ol");
        list.scrollLeft += link.getBoundingClientRect().left - list.getBoundingClientRect().left - 16;
      }
    });
  };
  let waiting = false;
  window.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  }, { passive: true });
  mark();
})();
