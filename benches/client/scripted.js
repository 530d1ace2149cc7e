// Replaces the browser's WebSocket by a server that answers the handshakes, and counts and discards
// what is sent, so that only the client is measured and no network.

let sessions = 0;

export class ScriptedWebSocket {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;
  /** The instance that was created last. */
  static last = null;

  url;
  protocol = "";
  extensions = "";
  binaryType = "blob";
  bufferedAmount = 0;
  readyState = 0;
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose = null;
  /** The number of frames from the client. */
  received = 0;
  /** The last frame from the client. */
  latest = "";

  constructor(url) {
    this.url = url;
    ScriptedWebSocket.last = this;
    queueMicrotask(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.onopen?.(new Event("open"));
      sessions += 1;
      this.deliver(`0{"sid":"session${sessions}","upgrades":[],"pingInterval":600000,"pingTimeout":600000,"maxPayload":1000000}`);
    });
  }

  send(data) {
    this.received += 1;
    this.latest = data;
    if (typeof data === "string" && data.startsWith("40")) {
      const namespace = /^40(\/[^,{]*,)?/.exec(data)?.[1] ?? "";
      queueMicrotask(() => this.deliver(`40${namespace}{"sid":"socket${sessions}"}`));
    }
  }

  close() {
    this.readyState = 3;
  }

  /** Delivers a frame. */
  deliver(data) {
    this.hand(new MessageEvent("message", { data }));
  }

  /** Delivers an event that was created before. */
  hand(event) {
    this.onmessage?.(event);
  }

  /** Simulates the loss of the connection. */
  drop() {
    this.readyState = 3;
    this.onclose?.(new CloseEvent("close", { code: 1006, reason: "", wasClean: false }));
  }
}
