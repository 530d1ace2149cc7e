// Measures the memory of the client alone, of WebAssembly and JavaScript together, after a garbage
// collection: the growth over a million events and a thousand reconnects.
//
// Options: `ours`, the output folder of wasm-bindgen; `events`, `reconnects`; `rounds`, each in its
// own page.
import { inTurns, options, progress, report, serving, withBrowser, withPage } from "./harness.mjs";
import { folders } from "./client_page.mjs";

const { events = 1_000_000, reconnects = 1000, rounds = 3 } = options;
// What is allocated once is allocated before the first measurement.
const SETTLING = { events: Math.min(events, 100_000), reconnects: Math.min(reconnects, 100) };
const URLS = { ours: "/ours/measured.js", theirs: "/theirs/socket.io.esm.min.js" };

await serving(folders(options.ours), (origin) =>
  withBrowser(async (browser) => {
    const looks = { ours: [], theirs: [] };
    const turn = (side) => async (round) => {
      const look = await withPage(browser, (page, context) => live(page, context, origin, side));
      if (round > 0) looks[side].push(look);
      return [];
    };
    await inTurns("memory", rounds, { ours: turn("ours"), theirs: turn("theirs") });
    const figure = (of) => ({ ours: looks.ours.map(of), theirs: looks.theirs.map(of) });
    report({
      "memory-live": figure(({ settled }) => settled),
      "memory-events": figure(({ settled, received }) => received - settled),
      "memory-reconnects": figure(({ settledAgain, reconnected }) => reconnected - settledAgain),
    });
  }),
);

/** Runs one client, and returns its bytes of memory at each measurement. */
async function live(page, context, origin, side) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  const look = async () => {
    // Twice: objects that are finalized in one collection are freed in the next.
    for (let time = 0; time < 2; time += 1) await devtools.send("HeapProfiler.collectGarbage");
    const { metrics } = await devtools.send("Performance.getMetrics");
    const used = metrics.find(({ name }) => name === "JSHeapUsedSize").value;
    return used + (await page.evaluate(() => globalThis.webAssemblyBytes()));
  };
  await page.goto(`${origin}/client/memory.html`);
  await page.waitForFunction(() => "webAssemblyBytes" in globalThis);
  await page.evaluate(([side, url]) => globalThis.start(side, url), [side, URLS[side]]);
  const receive = (count) => page.evaluate((count) => globalThis.receive(count), count);
  const reconnect = (count) => page.evaluate((count) => globalThis.reconnect(count), count);

  await receive(SETTLING.events);
  const settled = await look();
  await receive(events);
  const received = await look();
  await reconnect(SETTLING.reconnects);
  const settledAgain = await look();
  await reconnect(reconnects);
  const reconnected = await look();
  progress(`memory: ${side}: ${[settled, received, settledAgain, reconnected].join(", ")} B`);
  return { settled, received, settledAgain, reconnected };
}
