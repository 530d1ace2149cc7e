// Does ahead what every start waits for, while all else is still loading: checks the stored token, and
// opens the WebSocket meanwhile. On a slow device the first paint comes between the arrival of the
// module and its start, and on a slow network each of the two takes a round trip or more. It is a
// script of its own, because the others wait for style sheets. check.rs takes the response, and
// first_count.rs the WebSocket, on which nothing was sent; without them, the page does both itself.
(() => {
  const PATIENCE_MS = 15000;
  /** The `errno` of a valid token. */
  const OK = 1000;
  /** A server sends its handshake and heartbeats before it is sent something. */
  const MOST_FRAMES = 100;

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

  /** Opens the WebSocket, and closes it if `answer` is not that the token is valid. */
  function open(server, path, answer) {
    const url = (server || location.origin).replace(/^http/, "ws") + path.replace(/^\/*|\/*$/g, "/") + "?EIO=4&transport=websocket";
    const socket = new WebSocket(url);
    const frames = [];
    opened = { url, socket, frames };
    socket.binaryType = "arraybuffer";
    socket.onmessage = (frame) => {
      if (frames.push(frame) > MOST_FRAMES) close();
    };
    answer.then((text) => JSON.parse(text).result.errno === OK || close()).catch(close);
    setTimeout(close, PATIENCE_MS);
  }

  function close() {
    if (opened) opened.socket.close();
    opened = undefined;
  }

  let asked, opened;
  try {
    const { api = "/api", host = "auto", socket_server, socket_path = "/socket.io" } = JSON.parse(document.getElementById("settings").textContent);
    const token = sessionStorage.getItem("access_token") || localStorage.getItem("access_token");
    if (token && (host === "auto" || host === "browser")) {
      asked = { api, token, answer: ask(api, token) };
      open(socket_server, socket_path, asked.answer);
    }
  } catch {
    // No settings or no storage, or an address for no WebSocket: the page reports the problem.
  }

  /** Returns the text of the response, once, if `token` was checked at `api`; else "". */
  globalThis.answerAhead = async (api, token) => {
    const { answer } = asked && asked.api === api && asked.token === token ? asked : {};
    asked = undefined;
    return (await answer) ?? "";
  };

  /**
   * Returns the WebSocket, once, if it was opened for `url` and is not closed. The frames that it has
   * received are delivered in a microtask, to the handler that the caller sets before.
   */
  globalThis.socketAhead = (url) => {
    const { socket, frames } = opened ?? {};
    if (opened?.url !== url || socket.readyState > WebSocket.OPEN) return close();
    opened = undefined;
    queueMicrotask(() => frames.forEach((frame) => socket.onmessage?.(frame)));
    return socket;
  };
})();
