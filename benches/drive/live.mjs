// Measures the time from the navigation to the first count on screen, with an empty cache, in
// milliseconds.
import { inTurns, options, report, withBrowser, withPage } from "./harness.mjs";

const { origin, account, password, rounds } = options;

const PAGES = { ours: "/", theirs: "/vue/html/orchard.html" };

const PROFILES = {
  "live-plain": { what: "plain", rounds: rounds.plain },
  // A low-end phone on a slow network.
  "live-slow": {
    what: "slow",
    rounds: rounds.slow,
    network: { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 },
    cpu: 4,
  },
};

/** Runs in the page before its scripts: records when a count is first on screen. */
function watch() {
  const shown = () => {
    const count = document.getElementById("count") ?? document.querySelector("[data-testid=user-count]");
    return count !== null && /\d/.test(count.textContent) && count.closest("[hidden]") === null;
  };
  const observer = new MutationObserver(() => {
    if (!shown()) return;
    observer.disconnect();
    // A change is on screen after the next frame.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => (globalThis.liveAfter = performance.now());
      port2.postMessage(null);
    });
  });
  observer.observe(document, { attributes: true, characterData: true, childList: true, subtree: true });
}

/** Signs in, so that both pages find a valid session. */
async function signIn() {
  const call = { jsonrpc: "2.0", id: "1", method: "User.login", params: { account, password } };
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`${origin}/api`, { method: "POST", headers, body: JSON.stringify(call) });
  const { result } = await response.json();
  if (result?.errno !== 1000) throw new Error(`could not sign in: ${JSON.stringify(result)}`);
  const { access_token, refresh_token, id } = result;
  return { access_token, refresh_token, id: String(id) };
}

function side(browser, session, path, { network, cpu }) {
  return () =>
    withPage(browser, async (page, context) => {
      await context.addInitScript((session) => {
        for (const [key, value] of Object.entries(session)) localStorage.setItem(key, value);
      }, session);
      await context.addInitScript(watch);
      const devtools = await context.newCDPSession(page);
      if (network) {
        await devtools.send("Network.enable");
        await devtools.send("Network.emulateNetworkConditions", network);
      }
      if (cpu) await devtools.send("Emulation.setCPUThrottlingRate", { rate: cpu });
      await page.goto(origin + path, { waitUntil: "commit" });
      const live = await page.waitForFunction(() => globalThis.liveAfter, null, { polling: 100, timeout: 120_000 });
      return live.jsonValue();
    });
}

const session = await signIn();
await withBrowser(async (browser) => {
  const samples = {};
  for (const [id, profile] of Object.entries(PROFILES)) {
    samples[id] = await inTurns(profile.what, profile.rounds, {
      ours: side(browser, session, PAGES.ours, profile),
      theirs: side(browser, session, PAGES.theirs, profile),
    });
  }
  report(samples);
});
