// Measures the cost of an event in the client alone: from the WebSocket's handler to the page's
// listener, and from `emit` to the WebSocket's `send`. Both clients run the same work alternately,
// behind the same interface.

import { load as loadOurs } from "./ours.js";
import { load as loadTheirs } from "./theirs.js";
import * as payloads from "./payloads.js";
import { ScriptedWebSocket } from "./scripted.js";
import { arrived, until } from "./wait.js";

const FIVE = ["/", "/garden", "/shop", "/friends", "/news"];
/** Events after which the microtasks of the clients are awaited. */
const BATCH = 16;
/** How long each case warms up, until the browser has compiled the hot code. */
const WARM_UP_MS = 3000;
const WARM_UP_TURNS = 4;

// Set before the clients are loaded: one of them reads it at load time.
globalThis.WebSocket = ScriptedWebSocket;

/**
 * Returns the samples of each case in microseconds per event, `{id: {ours: [], theirs: []}}`. `only`
 * is a part of the ids to run.
 */
export async function measure({ ours, theirs, rounds, share = 1, only = "", progress = () => {} }) {
  const samples = {};
  for (const [id, make] of Object.entries(CASES)) {
    if (!id.includes(only)) continue;
    progress(id);
    samples[id] = await inTurns(await make({ ours, theirs, share }), rounds);
  }
  return samples;
}

/** A case creates the turn of each side: a function that returns microseconds per event. */
const CASES = {
  "receive-66b": receive({ event: "server_response", value: payloads.small, times: 20_000 }),
  "receive-1kb": receive({ event: "garden", value: payloads.garden, times: 8000 }),
  "receive-30kb": receive({ event: "orchard", value: payloads.orchard, times: 400 }),
  "receive-30kb-chinese": receive({ event: "orchard", value: payloads.chineseOrchard, times: 400 }),
  "receive-binary-64kb": receive({ event: "photo", value: () => new Uint8Array(65_536).fill(7).buffer, times: 1000 }),
  "acked-emit": both(acked),
  "emit-66b": both((side, count) => emit(side, "server_response", count(20_000))),
  "emit-30kb": both((side, count) => emit(side, "orchard", count(400))),
  "ten-listeners": receive({ event: "server_response", value: payloads.small, times: 5000, listeners: 10 }),
  "five-namespaces": receive({ event: "server_response", value: payloads.small, times: 20_000, namespaces: FIVE }),
};

async function inTurns({ ours, theirs }, rounds) {
  const samples = { ours: [], theirs: [] };
  const warm = performance.now() + WARM_UP_MS;
  for (let round = -WARM_UP_TURNS; round < rounds; round += 1) {
    if (round === 0 && performance.now() < warm) round = -1;
    // The second one runs with the other's garbage, so the order alternates from round to round.
    const turns = [["ours", ours], ["theirs", theirs]];
    if (round % 2 === 0) turns.reverse();
    for (const [side, turn] of turns) {
      const sample = await turn();
      if (round >= 0) samples[side].push(sample);
      // Lets the browser do its other work between turns.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return samples;
}

/** Creates the turns of both sides by `turn(side, count)`. */
function both(turn, namespaces = ["/"]) {
  return async ({ ours, theirs, share }) => {
    const count = (times) => Math.max(BATCH, Math.round((times * share) / BATCH) * BATCH);
    const sides = { ours: await connected(loadOurs, ours, namespaces), theirs: await connected(loadTheirs, theirs, namespaces) };
    for (const { client } of Object.values(sides)) client.prepare(payloads.small(), payloads.orchard());
    if (sides.ours.latest() !== sides.theirs.latest()) throw new Error(`${sides.ours.latest()} is not ${sides.theirs.latest()}`);
    return { ours: turn(sides.ours, count), theirs: turn(sides.theirs, count) };
  };
}

let instances = 0;

/** Connects a separate client, and returns it with its WebSocket. */
async function connected(load, url, namespaces) {
  instances += 1;
  const client = await load(`${url}?${instances}`);
  client.connect(location.origin, namespaces);
  await until(client.connected);
  const server = ScriptedWebSocket.last;
  client.prepare(payloads.small(), payloads.orchard());
  const latest = () => {
    client.emit("orchard", 1);
    return server.latest;
  };
  return { client, server, latest, acked: 0 };
}

function receive({ event, value, times, listeners = 1, namespaces = ["/"] }) {
  const make = (side, count) => {
    const arrivals = Array.from({ length: 60 }, (_, number) => arrival(event, value(number), namespaces[number % namespaces.length]));
    const total = count(times);
    side.client.listen(event, listeners);
    return async () => {
      const before = { count: side.client.count(), sum: side.client.sum() };
      const start = performance.now();
      for (let number = 0; number < total; ) {
        for (let next = number + BATCH; number < next; number += 1) {
          for (const message of arrivals[number % arrivals.length].messages) side.server.hand(message);
        }
        await undefined;
      }
      const time = performance.now() - start;
      const expected = { count: 0, sum: 0 };
      for (let number = 0; number < total; number += 1) {
        expected.count += listeners;
        expected.sum += listeners * arrivals[number % arrivals.length].sum;
      }
      check("received", side.client.count() - before.count, expected.count);
      check("read", side.client.sum() - before.sum, expected.sum);
      return (time * 1000) / total;
    };
  };
  return both(make, namespaces);
}

/** The messages of one event, and the value that a listener computes from it. */
function arrival(event, value, namespace) {
  const message = (data) => new MessageEvent("message", { data });
  if (!(value instanceof ArrayBuffer)) return { messages: [message(payloads.frame(event, value, namespace))], sum: sumOf(value) };
  const text = payloads.frame(event, { _placeholder: true, num: 0 }, namespace).replace("42", "451-");
  return { messages: [message(text), message(value)], sum: value.byteLength };
}

function sumOf(value) {
  if ("sid" in value) return value.count + value.sid.length;
  const tree = (tree) => tree.id + tree.kind.length + tree.owner.length + tree.stage + tree.water + tree.planted.length + Number(tree.ripe);
  return value.trees.reduce((sum, one) => sum + tree(one), value.owner.length);
}

function emit({ client, server }, event, total) {
  return async () => {
    const before = server.received;
    const start = performance.now();
    for (let sent = 0; sent < total; ) {
      client.emit(event, BATCH);
      sent += BATCH;
      await arrived(() => server.received - before >= sent);
    }
    const time = performance.now() - start;
    check("sent", server.received - before, total);
    return (time * 1000) / total;
  };
}

function acked(side, count) {
  const { client, server } = side;
  const total = count(10_000);
  return async () => {
    client.listen("server_response", 0);
    const value = payloads.small();
    // Both count their ids from 0.
    const answers = Array.from({ length: total }, (_, number) => new MessageEvent("message", { data: payloads.ackFrame(side.acked + number, value) }));
    side.acked += total;
    const before = server.received;
    const start = performance.now();
    for (let sent = 0; sent < total; ) {
      client.emitAcked(BATCH);
      const next = sent + BATCH;
      await arrived(() => server.received - before >= next);
      for (; sent < next; sent += 1) server.hand(answers[sent]);
      await arrived(() => client.count() >= next);
    }
    const time = performance.now() - start;
    check("acknowledged", client.count(), total);
    check("read", client.sum(), total * sumOf(value));
    return (time * 1000) / total;
  };
}

function check(what, found, expected) {
  if (Math.abs(found - expected) > 1e-6 * Math.abs(expected)) throw new Error(`${what}: ${found}, not ${expected}`);
}

globalThis.measure = measure;
