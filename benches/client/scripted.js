// In the place of the browser's WebSocket: a server that answers the handshakes, counts what is sent and keeps
// nothing of it, so that what is measured is the client and no network.

let sessions = 0;

export class ScriptedWebSocket {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;
  /** The one that was made last. */
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
  /** Frames that came from the client. */
  received = 0;
  /** The last of them. */
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

  /** What the network does: a frame arrives. */
  deliver(data) {
    this.hand(new MessageEvent("message", { data }));
  }

  /** The same with an event that is there already. */
  hand(event) {
    this.onmessage?.(event);
  }

  /** The connection is lost. */
  drop() {
    this.readyState = 3;
    this.onclose?.(new CloseEvent("close", { code: 1006, reason: "", wasClean: false }));
  }
}
