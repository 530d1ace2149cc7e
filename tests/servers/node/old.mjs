// A Socket.IO 2 server, which speaks Engine.IO 3. The page must recognise it as incompatible.
//
// It prints `listening on 127.0.0.1:PORT` when it is ready, and ends when its standard input closes
// or its lifetime ends. CORS allows every origin. Namespace /mofang exists with --orchard only.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";

const Server = createRequire(import.meta.url)("socket.io-2");

const { values: options } = parseArgs({
  options: {
    orchard: { type: "boolean", default: false },
    "max-life": { type: "string", default: "600000" }, // milliseconds
  },
});

const http = createServer((_, response) => response.writeHead(404).end());
const io = new Server(http);
if (options.orchard) io.of("/mofang").on("connection", () => {});

setTimeout(() => process.exit(0), Number(options["max-life"])).unref();
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
http.listen(0, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${http.address().port}`);
});
