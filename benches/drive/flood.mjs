// Measures a flood of events from the tests' Socket.IO server on Node.js: with our client,
// socket.io-client, and a bare WebSocket.
//
// Options: `ours`, the output folder of wasm-bindgen; `rounds`; `events` of each flood.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inTurns, options, report, serving, withBrowser, withPage } from "./harness.mjs";
import { FINE_CLOCK, folders } from "./client_page.mjs";

const { rounds = 10, events = 20_000 } = options;

await withServer((server) =>
  serving(
    folders(options.ours),
    (origin) =>
      withBrowser((browser) =>
        withPage(browser, async (page) => {
          await page.goto(`${origin}/client/flood.html`);
          await page.waitForFunction(() => "connect" in globalThis);
          await page.evaluate((settings) => globalThis.connect({ ours: "/ours/measured.js", theirs: "/theirs/socket.io.esm.min.js", ...settings }), { server, events });
          const turn = (side) => () => page.evaluate((side) => globalThis.turns[side](), side);
          const { ours, theirs, bare } = await inTurns("flood", rounds, { ours: turn("ours"), theirs: turn("theirs"), bare: turn("bare") });
          report({ "flood-bare": { ours, theirs: bare }, "flood-client": { ours, theirs } });
        }),
      ),
    FINE_CLOCK,
  ),
);

/**
 * Starts the server, passes its address to `work`, and stops it. It also stops by itself when this
 * process ends.
 */
async function withServer(work) {
  const script = fileURLToPath(new URL("../../tests/servers/node/server.mjs", import.meta.url));
  const server = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    for await (const line of createInterface({ input: server.stdout })) {
      if (line.startsWith("listening on ")) return await work(`http://${line.slice("listening on ".length)}`);
    }
    throw new Error("the server ended");
  } finally {
    server.kill();
  }
}
