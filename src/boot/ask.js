// Checks the stored token while all else is still loading: on a slow device the first paint comes
// between the arrival of the module and its start. It is a script of its own, because the others
// wait for style sheets. check.rs takes the response; without one, the page asks again.
(() => {
  const PATIENCE_MS = 15000;

  async function ask(api, token) {
    const abort = new AbortController();
    const deadline = setTimeout(() => abort.abort(), PATIENCE_MS);
    try {
      const id = "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ ((Math.random() * 16) >> (c / 4))).toString(16));
      const response = await fetch(api, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang, Authorization: "jwt " + token },
        body: JSON.stringify({ jsonrpc: "2.0", method: "User.check", params: {}, id }),
        signal: abort.signal,
      });
      return await response.text();
    } catch {
      return "";
    } finally {
      clearTimeout(deadline);
    }
  }

  let asked;
  try {
    const { api = "/api", host = "auto" } = JSON.parse(document.getElementById("settings").textContent);
    const token = sessionStorage.getItem("access_token") || localStorage.getItem("access_token");
    if (token && (host === "auto" || host === "browser")) asked = { api, token, answer: ask(api, token) };
  } catch {
    // No settings or no storage: the page reports the problem.
  }

  /** Returns the text of the response, once, if `token` was checked at `api`; else "". */
  globalThis.answerAhead = async (api, token) => {
    const { answer } = asked && asked.api === api && asked.token === token ? asked : {};
    asked = undefined;
    return (await answer) ?? "";
  };
})();
