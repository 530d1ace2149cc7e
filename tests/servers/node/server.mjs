// A Socket.IO server of the reference implementation, for the tests of the client.
//
// It prints `listening on 127.0.0.1:PORT` when it is ready, and ends when its standard input closes
// or its lifetime ends, so that no test leaves one running. CORS allows every origin.
//
// Events of every socket, in "/" and "/admin"; "…" are any arguments, binary ones too:
//
//   client sends                    server answers
//   echo …            with ack      ack …
//   echo …            without       event `echo …`
//   anything else …                 event `echo`, whose first argument is the event's name; nothing if
//                                   an ack is requested
//   question …                      event `question …` with a request for an ack, then event `answer …`
//                                   with the client's ack, or `answer_timeout` after a second
//   binary            with ack      ack and event `binary` with the same bytes, see `nestedBytes`
//   leave                           DISCONNECT of this namespace
//   leave all                       closes the connection and with it all namespaces
//   drop                            cuts the transport without notice
//   mute                            sends no more pings: only the client's deadline detects that
//   broadcast …                     event `broadcast …` to all in the namespace
//   count             with ack      ack: how many sockets the namespace has
//   flood N                         event `server_response {count, sid}` N times, the count from 0, the
//                                   sid of 20 letters
//   never             with ack      never an ack
//   join ROOM                       joins a room
//   to ROOM …                       event `room …` to all in the room
//   throw                           the handler throws, which ends the process
//   close                           closes the connection without a DISCONNECT
//   stop                            shuts the server down
//
// CONNECT: for auth `{early: value}` an event `early` is sent before the reply (not with --recovery).
// "/admin" requires auth `{token: "secret"}`, else it refuses with `err.data` =
// {code: 4001, retry: false}. Each reply is followed by `welcome {id, auth, recovered}`. Other
// namespaces, see `refusals.mjs`:
//
//   /refusals                       refuses in the way that auth `{how}` names
//   /farewell                       `leave` ends it; its disconnect handler emits `late`, whichever side
//                                   ended it
//
// Over HTTP, with JSON:
//
//   GET  /control/state             {connections, handshakes, closed,
//                                   events: [[namespace, event, …], …]}
//   POST /control/emit              {namespace?, event, args?}
//   POST /control/disconnect        {namespace?, id?, close?}: one socket, or all of the namespace
//   POST /control/drop              cuts all transports
//   POST /control/close             {closed: true}: refuses every handshake until {closed: false}
//   POST /control/forget            empties the lists of `state`

import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Server } from "socket.io";
import { serveFarewell, serveRefusals } from "./refusals.mjs";

const ADMIN_TOKEN = "secret";
const ANSWER_TIMEOUT_MS = 1000;
const MAX_FLOOD = 1_000_000;

const { values: options } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "0" },
    "ping-interval": { type: "string", default: "25000" }, // milliseconds, as all of these
    "ping-timeout": { type: "string", default: "20000" },
    "max-life": { type: "string", default: "600000" },
    "max-bytes": { type: "string", default: "1000000" },
    recovery: { type: "boolean", default: false },
    stay: { type: "boolean", default: false }, // does not end when standard input closes
  },
});

const seen = { handshakes: 0, events: [] };
let closed = false;

const http = createServer(serveControls);
const io = new Server(http, {
  cors: { origin: "*" },
  pingInterval: Number(options["ping-interval"]),
  pingTimeout: Number(options["ping-timeout"]),
  maxHttpBufferSize: Number(options["max-bytes"]),
  allowRequest(request, decide) {
    seen.handshakes += 1;
    decide(closed ? "closed by the test" : null, !closed);
  },
  ...(options.recovery
    ? { connectionStateRecovery: { maxDisconnectionDuration: 60_000, skipMiddlewares: true } }
    : {}),
});

serveEvents(io.of("/"), () => null);
serveEvents(io.of("/admin"), (auth) => {
  if (auth.token === ADMIN_TOKEN) return null;
  const error = new Error("not authorized");
  error.data = { code: 4001, retry: false };
  return error;
});
serveRefusals(io.of("/refusals"));
serveFarewell(io.of("/farewell"));
endByItself();
http.listen(Number(options.port), options.host, () => {
  console.log(`listening on ${options.host}:${http.address().port}`);
});

function serveEvents(namespace, refusal) {
  namespace.use((socket, next) => {
    const { auth } = socket.handshake;
    const error = refusal(auth);
    if (error) return next(error);
    // Middlewares run before the reply to CONNECT is sent.
    if ("early" in auth) socket.emit("early", auth.early);
    next();
  });
  namespace.on("connection", (socket) => {
    const { id, recovered } = socket;
    socket.emit("welcome", { id, auth: socket.handshake.auth, recovered });
    socket.onAny((event, ...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
      seen.events.push([namespace.name, event, ...args]);
      answer(namespace, socket, event, args, ack);
    });
  });
}

function answer(namespace, socket, event, args, ack) {
  switch (event) {
    case "echo":
      return ack ? ack(...args) : socket.emit("echo", ...args);
    case "question":
      return socket.timeout(ANSWER_TIMEOUT_MS).emit("question", ...args, (error, ...answers) => {
        if (error) socket.emit("answer_timeout");
        else socket.emit("answer", ...answers);
      });
    case "binary":
      ack?.(nestedBytes());
      return socket.emit("binary", nestedBytes());
    case "leave":
      return socket.disconnect(args[0] === "all");
    case "drop":
      return cut(socket.conn);
    case "mute":
      return mute(socket.conn);
    case "broadcast":
      return namespace.emit("broadcast", ...args);
    case "count":
      return ack?.(namespace.sockets.size);
    case "flood":
      for (let count = 0; count < Math.min(args[0], MAX_FLOOD); count += 1) socket.emit("server_response", { count, sid: socket.id });
      return;
    case "never":
      return;
    case "join":
      return socket.join(args[0]);
    case "to":
      return namespace.to(args[0]).emit("room", ...args.slice(1));
    case "throw":
      throw new Error("thrown by the test");
    case "close":
      return socket.conn.close();
    case "stop":
      return io.close();
    default:
      return ack ? undefined : socket.emit("echo", event, ...args);
  }
}

function nestedBytes() {
  return { name: "picture", parts: [Buffer.from([1, 2, 3]), { inner: Buffer.from([]) }, Buffer.from([255])] };
}

function cut(connection) {
  if (connection.transport.name === "websocket") connection.transport.socket.terminate();
  else connection.close(true);
}

// The library has no option to stop the heartbeat, so this uses a private field.
function mute(connection) {
  clearTimeout(connection.pingIntervalTimer);
}

async function serveControls(request, response) {
  const headers = { "access-control-allow-origin": "*", "access-control-allow-headers": "content-type" };
  const reply = (status, body) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
  if (request.method === "OPTIONS") return reply(200, {});
  try {
    const result = control(`${request.method} ${request.url}`, await bodyOf(request));
    return result ? reply(200, result) : reply(404, { error: "no such control" });
  } catch (error) {
    return reply(400, { error: String(error) });
  }
}

function control(what, body) {
  const namespace = io.of(body.namespace ?? "/");
  switch (what) {
    case "GET /control/state":
      return { connections: io.engine.clientsCount, closed, ...seen };
    case "POST /control/emit":
      namespace.emit(body.event, ...(body.args ?? []));
      return {};
    case "POST /control/disconnect":
      for (const socket of namespace.sockets.values()) {
        if (!body.id || body.id === socket.id) socket.disconnect(Boolean(body.close));
      }
      return {};
    case "POST /control/drop":
      for (const connection of Object.values(io.engine.clients)) cut(connection);
      return {};
    case "POST /control/close":
      closed = Boolean(body.closed);
      return {};
    case "POST /control/forget":
      seen.events = [];
      seen.handshakes = 0;
      return {};
    default:
      return null;
  }
}

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

function endByItself() {
  const life = Number(options["max-life"]);
  if (life > 0) setTimeout(() => process.exit(0), life).unref();
  if (options.stay) return;
  process.stdin.resume();
  process.stdin.on("end", () => process.exit(0));
}
