// One client on a page of its own, for whoever looks at the page's memory from outside.

import { load as loadOurs } from "./ours.js";
import { load as loadTheirs } from "./theirs.js";
import * as payloads from "./payloads.js";
import { ScriptedWebSocket } from "./scripted.js";
import { until } from "./wait.js";

globalThis.WebSocket = ScriptedWebSocket;
const LOADS = { ours: loadOurs, theirs: loadTheirs };
const BATCH = 1000;
let client;

/** Connects one of the clients, from this URL. */
globalThis.start = async (side, url) => {
  client = await LOADS[side](url);
  client.connect(location.origin, ["/"]);
  await until(client.connected);
};

/** So many events of 66 B, all heard. */
globalThis.hear = async (events) => {
  client.listen("server_response", 1);
  const frames = Array.from({ length: 50 }, (_, number) => payloads.frame("server_response", payloads.small(number)));
  for (let heard = 0; heard < events; ) {
    for (let next = heard + BATCH; heard < next; heard += 1) ScriptedWebSocket.last.deliver(frames[heard % frames.length]);
    const target = heard;
    await until(() => client.count() >= target);
  }
};

/** Loses the connection so many times, and is there again each time. */
globalThis.reconnect = async (times) => {
  for (let time = 0; time < times; time += 1) {
    const before = ScriptedWebSocket.last;
    before.drop();
    await until(() => ScriptedWebSocket.last !== before && client.connected());
  }
};

/** Bytes of WebAssembly memory. */
globalThis.webAssemblyBytes = () => client.memory();
