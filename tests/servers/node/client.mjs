// The reference client, for the comparison with ours: runs it through scripts on a simulated clock
// and network. Each line of the input is a script in JSON, and each line of the output is the trace
// of one script.
//
//   {manager: {…}, sockets: [{namespace, auth, asks, ackTimeout, retries}],
//    handlers: [{socket, on, times, actions}], steps: [[step, …], …]}
//   → {steps: [{notices: [{at, …}], wire: [{at, transport, …}], state: {…}}, …]}, one for each list of
//   steps
//
// The steps and the actions are described in
// crates/socketio-proto/tests/differential_client/script.rs. Bytes within a value are {"base64":
// "…"}, in both directions.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

// More timers than any script sets; beyond that, the client is in a loop.
const MOST_TIMERS = 500;

const parked = setImmediate;
let run;

// The part of a browser that the client uses. The client captures most of it when it is loaded.
const offline = [];
globalThis.addEventListener = (name, listener) => {
  if (name === "offline") offline.push(listener);
};
globalThis.removeEventListener = () => {};
globalThis.setTimeout = (callback, delay) => run.clock.set(callback, delay);
globalThis.clearTimeout = (timer) => run.clock.clear(timer);
globalThis.WebSocket = class {
  constructor() {
    run.link = new Link(this, run.links + 1);
    run.links += 1;
    this.link = run.link;
    this.link.record({ open: true });
  }
  send(data) {
    this.link.sent(data);
  }
  close() {
    this.link.close();
  }
};
Date.now = () => run.clock.now;
Math.random = () => 0;
process.on("unhandledRejection", (error) => run.uncaught(error));

const modules = process.env.ORCHARD_NODE_MODULES;
const require = createRequire(modules ? `${modules}/` : import.meta.url);
// The build for browsers.
const { Manager } = require("socket.io-client/dist/socket.io.js");

class Thrown extends Error {}

class Clock {
  now = 1_000_000;
  timers = new Map();
  count = 0;

  set(callback, delay) {
    this.count += 1;
    const wait = Math.max(Number(delay) || 0, 0);
    this.timers.set(this.count, { at: this.now + wait, callback });
    return this.count;
  }

  clear(timer) {
    this.timers.delete(timer);
  }

  async advance(ms) {
    const until = this.now + ms;
    for (let fired = 0; ; fired += 1) {
      let next;
      for (const [id, timer] of this.timers) {
        if (timer.at <= until && (!next || timer.at < next.timer.at)) next = { id, timer };
      }
      if (!next) break;
      if (fired === MOST_TIMERS) throw new Error("the script's timers never end");
      this.timers.delete(next.id);
      this.now = Math.max(this.now, next.timer.at);
      await run.task(next.timer.callback);
    }
    this.now = Math.max(this.now, until);
  }
}

// One WebSocket, as the network sees it.
class Link {
  constructor(socket, number) {
    this.socket = socket;
    this.number = number;
    this.isOpen = false;
    this.isClosed = false;
  }

  record(item) {
    run.record("wire", { transport: this.number, ...item });
  }

  sent(data) {
    if (this.isClosed) return;
    if (typeof data !== "string") return this.record({ bytes: base64(data) });
    this.record({ text: data });
    const asked = /^4[25](?:\d+-)?(?:(\/[^,]*),)?(\d+)\[/.exec(data);
    if (asked) run.asked(asked[1] ?? "/", asked[2]);
  }

  close() {
    if (!this.isClosed) this.record({ close: true });
    this.isClosed = true;
  }

  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    this.socket.onopen({});
  }

  async receive(data) {
    if (this.isClosed) return;
    await run.task(() => this.open());
    await run.task(() => this.socket.onmessage({ data }));
  }

  async end(code, failed) {
    if (this.isClosed) return;
    if (!failed) await run.task(() => this.open());
    this.isClosed = true;
    await run.task(() => {
      if (failed) this.socket.onerror({});
      this.socket.onclose({ code });
    });
  }
}

class Run {
  clock = new Clock();
  links = 0;
  link = undefined;
  emits = 0;
  answers = [];
  // The ids of the requested acknowledgements, by namespace.
  ids = new Map();
  trace = [];
  isOver = false;

  constructor(script) {
    this.script = script;
    this.handlers = script.handlers.map((handler) => ({ ...handler }));
  }

  async play() {
    this.begin();
    this.manager = new Manager("ws://server.example", {
      ...this.script.manager,
      autoConnect: false,
      randomizationFactor: 0,
      transports: ["websocket"],
    });
    this.watch();
    this.sockets = this.script.sockets.map((options, index) => this.socket(options, index));
    for (const steps of this.script.steps) {
      for (const step of steps) await this.step(step);
      this.end();
      this.begin();
    }
    // The rest of this script must not affect the next one.
    this.isOver = true;
    await this.task(() => this.manager._close());
    await this.step("offline");
    return { steps: this.trace };
  }

  begin() {
    this.current = { notices: [], wire: [] };
  }

  end() {
    const { manager } = this;
    const state = manager._readyState === "closed" && manager._reconnecting ? "waiting" : manager._readyState;
    this.current.state = {
      manager: state,
      attempts: manager.backoff.attempts,
      sockets: this.sockets.map((socket) => ({
        connected: socket.connected,
        active: socket.active,
        id: socket.id ?? null,
        recovered: Boolean(socket.recovered),
        buffered: socket.sendBuffer.length + socket._queue.length,
      })),
    };
    this.trace.push(this.current);
  }

  record(list, item) {
    if (!this.isOver) this.current[list].push({ at: this.clock.now - 1_000_000, ...item });
  }

  notice(item) {
    this.record("notices", item);
  }

  uncaught(error) {
    if (error instanceof Thrown) return;
    this.notice({ notice: "uncaught", message: String(error?.message ?? error) });
  }

  asked(namespace, id) {
    if (!this.ids.has(namespace)) this.ids.set(namespace, []);
    this.ids.get(namespace).push(id);
  }

  // Runs `work` as one task of a browser, followed by its microtasks.
  async task(work) {
    try {
      work();
    } catch (error) {
      this.uncaught(error);
    }
    await new Promise(parked);
  }

  watch() {
    const { manager } = this;
    manager.on("open", () => this.notice({ notice: "open" }));
    manager.on("close", (reason) => this.notice({ notice: "close", reason }));
    manager.on("ping", () => this.notice({ notice: "ping" }));
    manager.on("reconnect_attempt", (attempt) => this.notice({ notice: "reconnect_attempt", attempt }));
    manager.on("reconnect", (attempt) => this.notice({ notice: "reconnect", attempt }));
    manager.on("reconnect_error", () => this.notice({ notice: "reconnect_error" }));
    manager.on("reconnect_failed", () => this.notice({ notice: "reconnect_failed" }));
  }

  socket({ namespace, auth, asks, ackTimeout, retries }, index) {
    const options = {};
    if (auth) options.auth = meant(auth);
    if (ackTimeout !== null) options.ackTimeout = ackTimeout;
    if (retries !== null) options.retries = retries;
    const requests = [];
    if (asks) {
      options.auth = (answer) => {
        requests.push(answer);
        this.notice({ notice: "authorize", socket: index });
      };
    }
    const socket = this.manager.socket(namespace, options);
    socket.requests = requests;
    socket.isErrorFirst = ackTimeout !== null || retries !== null;
    socket.on("connect", () => {
      const { recovered } = socket;
      const id = String(socket.id);
      this.notice({ notice: "connect", socket: index, id, recovered: Boolean(recovered) });
      this.handle(index, "connect");
    });
    socket.on("connect_error", (error) => {
      this.notice({ notice: "connect_error", socket: index, kind: kind(error), data: shown(error.data) ?? null });
      this.handle(index, "connect_error");
    });
    socket.on("disconnect", (reason) => {
      this.notice({ notice: "disconnect", socket: index, reason });
      this.handle(index, "disconnect");
    });
    socket.onAny((...args) => {
      const answer = typeof args.at(-1) === "function" ? args.at(-1) : undefined;
      const values = answer ? args.slice(0, -1) : args;
      if (answer) this.answers.push(answer);
      this.notice({ notice: "event", socket: index, args: values.map(shown), answer: Boolean(answer) });
      this.handle(index, "event", answer);
    });
    return socket;
  }

  handle(socket, on, answer) {
    for (const handler of this.handlers) {
      if (handler.socket !== socket || handler.on !== on || handler.times === 0) continue;
      handler.times -= 1;
      for (const action of handler.actions) this.act(action, answer);
    }
  }

  act(action, answer) {
    if (action === "throw") throw new Thrown("by a handler");
    const [[name, value]] = Object.entries(action);
    switch (name) {
      case "connect":
        return this.sockets[value].connect();
      case "disconnect":
        return this.sockets[value].disconnect();
      case "emit":
        return this.emit(value);
      case "set_auth":
        this.sockets[value.socket].auth = meant(value.auth) ?? undefined;
        return;
      case "authorize":
        return this.sockets[value.socket].requests[value.nth]?.(meant(value.auth) ?? undefined);
      case "reply":
        return answer?.(...value.args.map(meant));
      case "answer":
        return this.answers[value.nth]?.(...value.args.map(meant));
      case "reconnection":
        return this.manager.reconnection(value);
      case "reconnection_attempts":
        return this.manager.reconnectionAttempts(value || Infinity);
      case "reconnection_delay":
        return this.manager.reconnectionDelay(value);
      case "reconnection_delay_max":
        return this.manager.reconnectionDelayMax(value);
      case "timeout":
        return this.manager.timeout(value);
      default:
        throw new Error(`no action: ${name}`);
    }
  }

  emit({ socket: index, event, args, ack, volatile }) {
    const socket = this.sockets[index];
    const number = this.emits;
    this.emits += 1;
    const values = args.map(meant);
    if (ack !== "none") {
      const isErrorFirst = ack !== "plain" || socket.isErrorFirst;
      const callback = (...results) => {
        const [error, ...rest] = isErrorFirst ? results : [null, ...results];
        const result = error ? { error: error.message ?? String(error) } : { args: rest.map(shown) };
        this.notice({ notice: "ack", socket: index, emit: number, ...result });
        this.handle(index, "ack");
      };
      // As `emitWithAck` does.
      if (ack === "awaited") callback.withError = true;
      values.push(callback);
    }
    const writable = this.manager.engine?.transport?.writable;
    const before = { sent: socket.sendBuffer.length, queued: socket._queue.length };
    let sender = volatile ? socket.volatile : socket;
    if (ack.timeout !== undefined) sender = sender.timeout(ack.timeout);
    sender.emit(event, ...values);
    let outcome = volatile && !writable ? "dropped" : "sent";
    if (socket.sendBuffer.length > before.sent) outcome = "buffered";
    if (this.script.sockets[index].retries !== null && !volatile) outcome = "queued";
    this.notice({ notice: "emitted", emit: number, by: index, args: [event, ...args], outcome });
  }

  async step(step) {
    if (step === "offline") return this.task(() => offline.forEach((listener) => listener()));
    const [[name, value]] = Object.entries(step);
    switch (name) {
      case "act":
        return this.task(() => this.act(value));
      case "frame":
        return this.link?.receive(value);
      case "bytes":
        return this.link?.receive(bytes(value));
      case "acknowledge": {
        const id = this.ids.get(value.namespace)?.[value.nth];
        const prefix = value.namespace === "/" ? "" : `${value.namespace},`;
        if (id !== undefined) await this.link?.receive(`43${prefix}${id}${value.args}`);
        return;
      }
      case "close":
        return this.link?.end(value, false);
      case "fail":
        return this.link?.end(value, true);
      case "wait":
        return this.clock.advance(value);
      case "sleep":
        this.clock.now += value;
        return;
      default:
        throw new Error(`no step: ${name}`);
    }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    run = new Run(JSON.parse(line));
    answer = await run.play();
  } catch (error) {
    answer = { failed: String(error?.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

// The reason of a failed connection: one word, or the server's message.
function kind({ type, message }) {
  if (type === "TransportError" || message === "server error") return "transport";
  return message.includes("v2.x") ? "incompatible" : message;
}

function base64(data) {
  const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("base64");
}

function bytes(text) {
  return new Uint8Array(Buffer.from(text, "base64")).buffer;
}

// Converts a value for the trace.
function shown(value) {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return { base64: base64(value) };
  if (Array.isArray(value)) return value.map(shown);
  if (value && typeof value === "object") return mapped(value, shown);
  return value;
}

// Converts a value of the script.
function meant(value) {
  if (Array.isArray(value)) return value.map(meant);
  if (!value || typeof value !== "object") return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && typeof value.base64 === "string") return bytes(value.base64);
  return mapped(value, meant);
}

function mapped(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
