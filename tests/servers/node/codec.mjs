// The decoder and encoder of the reference, for the comparison with ours: reads lines of JSON and
// answers each with one line.
//
//   "…"                                      a text frame      as the example `inspect --json` answers;
//   {"base64": "…"}                          a binary frame    errors are of the kind `refused`
//   {"reset": true}                          a new connection  {"reset": true}
//   {"encode": {type, namespace, id, data}}  a packet          {"frames": ["…", {"base64": "…"}, …]}
//
// Bytes within a packet's data are {"base64": "…"}, in both directions. Lone surrogates become
// U+FFFD, as in a frame.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const modules = process.env.ORCHARD_NODE_MODULES;
const require = createRequire(modules ? `${modules}/` : import.meta.url);
const { decodePacket } = require("engine.io-parser");
const { Decoder, Encoder, PacketType } = require("socket.io-parser");

const TYPES = ["connect", "disconnect", "event", "ack", "connect_error"];

let decoder = newDecoder();
let decoded;

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}

function answer(line) {
  if (typeof line === "string") return frame(decodePacket(line, "nodebuffer"));
  if (line.encode) return { frames: encode(line.encode) };
  if (line.reset) {
    decoder = newDecoder();
    return { reset: true };
  }
  return message(Buffer.from(line.base64, "base64"));
}

function frame({ type, data }) {
  switch (type) {
    case "error":
      return { error: refused(data) };
    case "message":
      return message(data);
    case "open":
      try {
        return { engine: type, data: shown(JSON.parse(data)) };
      } catch (error) {
        return { engine: type, error: refused(error) };
      }
    case "ping":
    case "pong":
      return { engine: type, data };
    default:
      return { engine: type };
  }
}

function message(data) {
  decoded = undefined;
  try {
    decoder.add(data);
  } catch (error) {
    decoder = newDecoder();
    return { engine: "message", error: refused(error) };
  }
  if (!decoded) {
    const { reconPack, buffers } = decoder.reconstructor;
    return { engine: "message", waiting: reconPack.attachments - buffers.length };
  }
  const packet = {
    type: TYPES[decoded.type],
    namespace: decoded.nsp,
    id: decoded.id ?? null,
    data: shown(decoded.data) ?? null,
  };
  return { engine: "message", packet };
}

function encode({ type, namespace, id, data }) {
  const packet = { type: TYPES.indexOf(type), nsp: namespace, data: meant(data) ?? undefined };
  if (id !== null) packet.id = id;
  const [text, ...attachments] = new Encoder().encode(packet);
  return [`4${text}`, ...attachments.map((bytes) => ({ base64: bytes.toString("base64") }))];
}

function newDecoder() {
  const decoder = new Decoder();
  decoder.on("decoded", (packet) => {
    decoded = packet;
  });
  return decoder;
}

function refused(error) {
  return { kind: "refused", message: whole(error?.message ?? String(error)) };
}

// Converts a value for the response.
function shown(value) {
  if (Buffer.isBuffer(value)) return { base64: value.toString("base64") };
  if (typeof value === "string") return whole(value);
  if (Array.isArray(value)) return value.map(shown);
  if (value && typeof value === "object") return mapped(value, shown);
  return value;
}

// Converts a value of the request.
function meant(value) {
  if (Array.isArray(value)) return value.map(meant);
  if (!value || typeof value !== "object") return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && typeof value.base64 === "string") return Buffer.from(value.base64, "base64");
  return mapped(value, meant);
}

// Without a prototype, so that `__proto__` is an ordinary key.
function mapped(object, change) {
  const result = Object.create(null);
  for (const [key, value] of Object.entries(object)) result[whole(key)] = change(value);
  return result;
}

function whole(text) {
  return Buffer.from(text, "utf8").toString("utf8");
}
