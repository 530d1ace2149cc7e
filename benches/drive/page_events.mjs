// Measures the time from a frame of `server_response` to the count in the page, for a burst, in
// microseconds per event.
import { inTurns, options, report, serving, withBrowser, withPage } from "./harness.mjs";

const { ours, theirs, rounds, frames } = options;

const SIDES = {
  ours: { path: "/ours/index.html", count: "#page [data-testid=user-count]", ready: "#page .label" },
  theirs: { path: "/theirs/html/orchard.html", count: "#count", ready: "#count" },
};

/** Runs in the page: delivers the burst, and waits until the last count is shown. */
async function burst({ selector, frames, apart }) {
  const socket = scripted.latest;
  const counts = Array.from({ length: frames }, (_, index) => (index * 7) % 900);
  counts[frames - 1] = 999;
  const events = counts.map((count) => scripted.frame(`42/mofang,["server_response",{"count":${count}}]`));
  const shown = () => document.querySelector(selector)?.textContent.trim();
  const channel = new MessageChannel();
  const turn = () =>
    new Promise((resolve) => {
      channel.port1.onmessage = resolve;
      channel.port2.postMessage(null);
    });
  await turn();
  const start = performance.now();
  if (apart) {
    for (const event of events) {
      socket.deliver(event);
      // The page's microtasks run before the next frame, as between frames from a network.
      await null;
    }
  } else {
    for (const event of events) socket.deliver(event);
  }
  while (shown() !== "999") {
    if (performance.now() - start > 60_000) throw new Error(`the page shows ${shown()}`);
    await turn();
  }
  const took = performance.now() - start;
  channel.port1.close();
  return (took * 1000) / frames;
}

/** Measures one burst in a fresh page that is connected and idle. */
function side(browser, origin, { path, count, ready }, apart) {
  return () =>
    withPage(browser, async (page, context) => {
      await context.addInitScript({ path: new URL("websocket.js", import.meta.url).pathname });
      await context.addInitScript(() => {
        localStorage.setItem("access_token", "token");
        localStorage.setItem("id", "1");
      });
      await page.route("**/api", (route) => {
        const { id } = route.request().postDataJSON();
        return route.fulfill({ json: { jsonrpc: "2.0", id, result: { errno: 1000, errmsg: "ok" } } });
      });
      await page.goto(origin + path);
      await page.waitForFunction(() => scripted.latest?.sent.some((frame) => frame.includes('"chat"')));
      await page.evaluate(() => scripted.latest.deliver(scripted.frame('42/mofang,["server_response",{"count":1}]')));
      await page.waitForSelector(ready);
      // Twice: the first burst warms up the engine's compiler, so that the second measures a page
      // in operation.
      await page.evaluate(burst, { selector: count, frames, apart });
      await page.evaluate(() => scripted.latest.deliver(scripted.frame('42/mofang,["server_response",{"count":2}]')));
      return page.evaluate(burst, { selector: count, frames, apart });
    });
}

await serving({ "/ours": ours, "/theirs": theirs }, (origin) =>
  withBrowser(async (browser) => {
    const measure = (what, apart) =>
      inTurns(what, rounds, {
        ours: side(browser, origin, SIDES.ours, apart),
        theirs: side(browser, origin, SIDES.theirs, apart),
      });
    report({
      "page-event": await measure("a frame after the other", true),
      "page-event-backlog": await measure("all frames at once", false),
    });
  }),
);
