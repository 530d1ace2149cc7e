// Measures the cost of an event in the client alone: opens the page in `benches/client`, which
// measures.
//
// Options: `ours`, the output folder of wasm-bindgen; `rounds`; `share` of the events in each turn;
// `only`, a part of the ids to run.
import { options, progress, report, serving, withBrowser, withPage } from "./harness.mjs";
import { FINE_CLOCK, folders } from "./client_page.mjs";

const { rounds = 20, share = 1, only = "" } = options;

await serving(
  folders(options.ours),
  (origin) =>
    withBrowser((browser) =>
      withPage(browser, async (page) => {
        await page.exposeFunction("progress", (id) => progress(`client alone: ${id}`));
        await page.goto(`${origin}/client/index.html`);
        await page.waitForFunction(() => "measure" in globalThis);
        report(
          await page.evaluate((settings) => globalThis.measure({ ours: "/ours/measured.js", theirs: "/theirs/socket.io.esm.min.js", progress: globalThis.progress, ...settings }), { rounds, share, only }),
        );
      }),
    ),
  FINE_CLOCK,
);
