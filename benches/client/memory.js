// One client on a page of its own, whose memory is measured from outside.

import { load as loadOurs } from "./ours.js";
import { load as loadTheirs } from "./theirs.js";
import * as payloads from "./payloads.js";
import { ScriptedWebSocket } from "./scripted.js";
import { until } from "./wait.js";

globalThis.WebSocket = ScriptedWebSocket;
const LOADS = { ours: loadOurs, theirs: loadTheirs };
const BATCH = 1000;
let client;

/** Loads one of the clients from this URL, and connects it. */
globalThis.start = async (side, url) => {
  client = await LOADS[side](url);
  client.connect(location.origin, ["/"]);
  await until(client.connected);
};

/** Delivers this many events of 66 B to a listener. */
globalThis.receive = async (events) => {
  client.listen("server_response", 1);
  const frames = Array.from({ length: 50 }, (_, number) => payloads.frame("server_response", payloads.small(number)));
  for (let received = 0; received < events; ) {
    for (let next = received + BATCH; received < next; received += 1) ScriptedWebSocket.last.deliver(frames[received % frames.length]);
    const target = received;
    await until(() => client.count() >= target);
  }
};

/** Loses the connection this many times, and reconnects each time. */
globalThis.reconnect = async (times) => {
  for (let time = 0; time < times; time += 1) {
    const before = ScriptedWebSocket.last;
    before.drop();
    await until(() => ScriptedWebSocket.last !== before && client.connected());
  }
};

/** Returns the size of the WebAssembly memory in bytes. */
globalThis.webAssemblyBytes = () => client.memory();
