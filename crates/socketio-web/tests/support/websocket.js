// Replaces the browser's WebSocket: does nothing by itself, and records the calls.
(() => {
  class ScriptedWebSocket {
    static all = [];
    static handlers = 0; // that are set now, on all of them
    static refusal = null; // what the constructor throws

    constructor(url, protocols = []) {
      if (ScriptedWebSocket.refusal !== null) {
        throw new DOMException(ScriptedWebSocket.refusal, "SecurityError");
      }
      this.url = url;
      this.protocols = Array.from(protocols);
      this.binaryType = "blob";
      this.bufferedAmount = 0;
      this.readyState = 0;
      this.sent = [];
      this.handlersAtClose = null;
      this.set = {};
      ScriptedWebSocket.all.push(this);
    }

    send(data) {
      if (this.readyState === 0) throw new DOMException("still connecting", "InvalidStateError");
      this.onsend?.(this, data);
      this.sent.push(typeof data === "string" ? data : `binary ${Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}`);
    }

    close() {
      this.handlersAtClose ??= Object.keys(this.set).length;
      this.readyState = 2;
    }

    // Simulate the server and the network.

    deliver(data) {
      this.readyState ||= 1;
      this.onmessage?.(new MessageEvent("message", { data }));
    }

    // As in Chromium if a content security policy forbids the address: no close follows.
    fail() {
      this.readyState = 3;
      this.onerror?.(new Event("error"));
    }

    deliverLong(start, piece, times, end) {
      this.deliver(start + piece.repeat(times) + end);
    }

    drop(code, reason, failed) {
      this.readyState = 3;
      if (failed) this.onerror?.(new Event("error"));
      this.onclose?.(new CloseEvent("close", { code, reason, wasClean: !failed }));
    }
  }

  for (const name of ["onopen", "onmessage", "onerror", "onclose"]) {
    Object.defineProperty(ScriptedWebSocket.prototype, name, {
      get() {
        return this.set[name] ?? null;
      },
      set(handler) {
        ScriptedWebSocket.handlers += (handler ? 1 : 0) - (this.set[name] ? 1 : 0);
        if (handler) this.set[name] = handler;
        else delete this.set[name];
      },
    });
  }

  // Listeners on window and document to the events of the page's life cycle.
  if (!globalThis.pageListeners) {
    globalThis.pageListeners = { count: 0 };
    const watched = ["offline", "online", "pagehide", "pageshow", "visibilitychange", "freeze", "resume"];
    const { addEventListener, removeEventListener } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (name, ...rest) {
      if (watched.includes(name)) globalThis.pageListeners.count += 1;
      return addEventListener.call(this, name, ...rest);
    };
    EventTarget.prototype.removeEventListener = function (name, ...rest) {
      if (watched.includes(name)) globalThis.pageListeners.count -= 1;
      return removeEventListener.call(this, name, ...rest);
    };
  }

  // Timers that are set and have not fired.
  if (!globalThis.liveTimers) {
    const live = (globalThis.liveTimers = new Set());
    const { setTimeout, clearTimeout } = globalThis;
    globalThis.setTimeout = (callback, ...rest) => {
      const timer = setTimeout((...args) => {
        live.delete(timer);
        callback(...args);
      }, ...rest);
      live.add(timer);
      return timer;
    };
    globalThis.clearTimeout = (timer) => {
      live.delete(timer);
      clearTimeout(timer);
    };
  }

  globalThis.realWebSocket ??= globalThis.WebSocket;
  globalThis.WebSocket = ScriptedWebSocket;
  return ScriptedWebSocket;
})();
