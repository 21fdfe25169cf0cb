// Talking to the server: who is logged in, and whether anybody can be heard at all.
(() => {
  "use strict";
  const consilium = (window.consilium = window.consilium || {});
  const MOST_KEPT_ALIVE = 60_000; // what a browser sends on behalf of a page that is gone

  // What an answer changes on the page waits while something is pressed: a button that moved away from
  // under the pointer would not be clicked. Nobody presses for long; a release that went elsewhere may be missed.
  const LONGEST_PRESS = 5000;
  let pressed = Promise.resolve();
  let release = () => {};
  window.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest("select")) return; // what pops up there may take the release
    pressed = new Promise((done) => {
      release = done;
      setTimeout(done, LONGEST_PRESS);
    });
  }, { capture: true });
  ["pointerup", "pointercancel"].forEach((kind) => {
    window.addEventListener(kind, () => setTimeout(release), { capture: true }); // the click comes first
  });

  class Server {
    constructor(room) {
      this.news = room.dataset.news;
      this.user = room.dataset.user;
      this.token = room.dataset.token;
    }

    // Answers { status, body }; status 0 when nobody answered in time.
    async ask(url, options) {
      const answer = await this.#asked(url, options);
      await pressed;
      return answer;
    }

    async #asked(url, { body, background = false, limit = 8000 } = {}) {
      const text = body && JSON.stringify(body);
      const headers = { Accept: "application/json", "X-CSRFToken": this.token };
      if (text) headers["Content-Type"] = "application/json";
      if (background) headers["X-Background"] = "true"; // does not count as use of the session
      try {
        const answer = await fetch(url, {
          method: text ? "POST" : "GET",
          headers,
          body: text,
          redirect: "manual", // where a login is asked for
          cache: "no-store",
          keepalive: Boolean(text) && text.length < MOST_KEPT_ALIVE,
          signal: AbortSignal.timeout(limit),
        });
        const json = (answer.headers.get("Content-Type") || "").startsWith("application/json");
        return { status: answer.type === "opaqueredirect" ? 401 : answer.status, body: json ? await answer.json() : {} };
      } catch {
        return { status: 0, body: {} };
      }
    }

    async html(url) {
      const answer = await fetch(url, { redirect: "manual", cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      await pressed;
      return text;
    }

    // After a refusal: "same", "other", "nobody", "lost", or "gone" when the page is not open to this login.
    async who() {
      const { status, body } = await this.ask(this.news, { background: true, limit: 5000 });
      if (status === 401) return "nobody";
      if (status === 0 || status >= 500) return "lost";
      if (status !== 200) return "gone";
      if (body.user !== this.user) return "other";
      this.renew(body.token);
      return "same";
    }

    // Every form of the page gets the token of the new session.
    renew(token) {
      if (!token) return;
      this.token = token;
      document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((one) => (one.value = token));
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    }
  }

  consilium.Server = Server;
})();
