// The orchard's events on the reference implementation, for the load of
// `cargo xtask bench --only server`: handles each event as the default server does, and does
// nothing else. Every client may do everything; tokens are not checked.
//
// It prints `listening on 127.0.0.1:PORT` when it is ready, and ends when its standard input closes
// or its lifetime ends. Over HTTP: GET /healthz; GET /collect collects garbage, if Node.js was started
// with --expose-gc.

import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Server } from "socket.io";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    // All times are in milliseconds.
    "ping-interval": { type: "string", default: "25000" },
    "ping-timeout": { type: "string", default: "20000" },
    "max-life": { type: "string", default: "600000" },
  },
});

const http = createServer(serve);
const io = new Server(http, {
  pingInterval: Number(options["ping-interval"]),
  pingTimeout: Number(options["ping-timeout"]),
  maxHttpBufferSize: 100_000,
  serveClient: false,
});
io.on("connection", () => {});

const orchard = io.of("/mofang");
orchard.on("connection", (socket) => {
  orchard.emit("server_response", { count: orchard.sockets.size, sid: socket.id });
  socket.on("my_broadcast", (data, ack) => {
    orchard.emit("broadcast_response", data);
    io.emit("some event", { data: 42 });
    ack?.();
  });
});

setTimeout(() => process.exit(0), Number(options["max-life"])).unref();
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
http.listen({ port: Number(options.port), host: "127.0.0.1", backlog: 4096 }, () => console.log(`listening on 127.0.0.1:${http.address().port}`));

function serve(request, response) {
  switch (request.url) {
    case "/collect":
      globalThis.gc?.();
      return response.end("ok");
    case "/healthz":
      return response.end("ok");
    default:
      return response.writeHead(404).end();
  }
}
