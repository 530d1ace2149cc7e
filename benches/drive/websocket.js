// Injected into a page before its scripts; replaces the browser's WebSocket by a Socket.IO server
// in the page itself, so that no network is timed. It opens by itself and accepts every namespace.
//
// `scripted.latest.deliver(event)` delivers a frame that `scripted.frame(data)` created beforehand;
// `scripted.latest.sent` contains the frames that the client sent. `scripted.answer`, if set, is
// called with each frame that is sent.
(() => {
  // Milliseconds; the sum of two must still be a valid delay of a timer.
  const PING_NEVER = 2 ** 29;

  class ScriptedWebSocket extends EventTarget {
    static CONNECTING = 0;
    static OPEN = 1;
    static CLOSING = 2;
    static CLOSED = 3;

    constructor(url) {
      super();
      this.url = String(url);
      this.readyState = 0;
      this.binaryType = "blob";
      this.bufferedAmount = 0;
      this.protocol = "";
      this.extensions = "";
      this.sent = [];
      this.handlers = { open: [], message: [], error: [], close: [] };
      scripted.latest = this;
      setTimeout(() => {
        this.readyState = 1;
        this.notify("open", new Event("open"));
        const handshake = { sid: "scripted", upgrades: [], pingInterval: PING_NEVER, pingTimeout: PING_NEVER };
        this.deliver(scripted.frame(`0${JSON.stringify({ ...handshake, maxPayload: 1e8 })}`));
      });
    }

    addEventListener(name, handler) {
      this.handlers[name]?.push(handler);
    }

    removeEventListener(name, handler) {
      this.handlers[name] = this.handlers[name]?.filter((other) => other !== handler);
    }

    notify(name, event) {
      this[`on${name}`]?.call(this, event);
      for (const handler of this.handlers[name]) handler.call(this, event);
    }

    deliver(event) {
      this.notify("message", event);
    }

    send(data) {
      if (scripted.answer) return void scripted.answer(data, this);
      this.sent.push(data);
      const connect = typeof data === "string" && /^40(\/[^,]*,)?/.exec(data);
      if (connect) {
        const reply = scripted.frame(`${connect[0]}{"sid":"socket"}`);
        setTimeout(() => this.deliver(reply));
      }
    }

    close() {
      if (this.readyState > 1) return;
      this.readyState = 3;
      setTimeout(() => this.notify("close", new CloseEvent("close", { code: 1000, wasClean: true })));
    }
  }
  for (const name of ["onopen", "onmessage", "onerror", "onclose"]) ScriptedWebSocket.prototype[name] = null;

  const scripted = {
    latest: null,
    answer: null,
    frame: (data) => new MessageEvent("message", { data }),
  };
  globalThis.scripted = scripted;
  globalThis.WebSocket = ScriptedWebSocket;
})();
