// Measures how long a flood of events from a real server takes: with each client, and with a bare
// WebSocket whose frames are only parsed, which is the lower bound.

import { load as loadOurs } from "./ours.js";
import { load as loadTheirs } from "./theirs.js";
import { until } from "./wait.js";

/** Connects the sides: functions that request a flood and return microseconds per event. */
export async function connect({ ours, theirs, server, events }) {
  const clients = { ours: await loadOurs(ours), theirs: await loadTheirs(theirs), bare: bare() };
  const turns = {};
  for (const [side, client] of Object.entries(clients)) {
    client.connect(server, ["/"]);
    await until(client.connected);
    turns[side] = () => flood(client, events);
  }
  return turns;
}

async function flood(client, events) {
  client.listen("server_response", 1);
  const start = performance.now();
  client.ask("flood", events);
  await until(() => client.count() >= events);
  const time = performance.now() - start;
  // As the server creates them: each with its number, and a sid of 20 characters.
  const expected = ((events - 1) * events) / 2 + 20 * events;
  if (client.count() !== events || client.sum() !== expected) throw new Error(`received ${client.count()}: ${client.sum()}, instead of ${expected}`);
  return (time * 1000) / events;
}

/** A bare WebSocket. */
function bare() {
  let socket;
  let connected = false;
  let received = 0;
  let sum = 0;
  return {
    connect(server) {
      socket = new WebSocket(`${server.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
      socket.onmessage = ({ data }) => {
        if (data.startsWith("42")) {
          const [name, value] = JSON.parse(data.slice(2));
          if (name !== "server_response") return;
          received += 1;
          sum += value.count + value.sid.length;
        } else if (data === "2") {
          socket.send("3");
        } else if (data.startsWith("0")) {
          socket.send("40");
        } else if (data.startsWith("40")) {
          connected = true;
        }
      };
    },
    connected: () => connected,
    listen() {
      received = 0;
      sum = 0;
    },
    ask: (event, count) => socket.send(`42${JSON.stringify([event, count])}`),
    count: () => received,
    sum: () => sum,
  };
}

globalThis.connect = async (settings) => {
  globalThis.turns = await connect(settings);
};
