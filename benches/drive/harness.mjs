// Shared by the scripts of the benchmarks. A script takes one JSON object as its argument, reports
// its progress on standard error, and prints its samples at the end.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";

/** The options from `cargo xtask bench`. */
export const options = JSON.parse(process.argv[2] ?? "{}");

// Root needs --no-sandbox. The other flags prevent needless requests of the browser to the network,
// and the throttling of background windows. Only one window is in front, so measurements wait for
// nothing else.
const FLAGS = [
  "--no-sandbox",
  "--no-proxy-server",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

/** Starts the browser, passes it to `work`, and always closes it. `more` contains further flags. */
export async function withBrowser(work, more = []) {
  const browser = await chromium.launch({ executablePath: options.chromium, args: [...FLAGS, ...more] });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** Opens a page in a new profile with an empty cache. Errors in the page are thrown here. */
export async function withPage(browser, work, settings = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...settings });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  try {
    const result = await work(page, context);
    if (errors.length > 0) throw new Error(`the page failed: ${errors[0]}`);
    return result;
  } finally {
    await context.close();
  }
}

/**
 * Takes samples alternately, ours first in one round and last in the next, so that other load on
 * the machine affects both. `sides` is `{ ours, theirs }`, functions of the round that return one
 * sample each, or a list of several; `theirs` may be absent. The first round is a warm-up and does
 * not count.
 */
export async function inTurns(what, rounds, sides) {
  const samples = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
  for (let round = 0; round <= rounds; round++) {
    progress(`${what}: ${round === 0 ? "warming up" : `round ${round} of ${rounds}`}`);
    const order = Object.keys(sides);
    if (round % 2 === 1) order.reverse();
    for (const side of order) {
      const sample = await sides[side](round);
      if (round > 0) samples[side].push(...[sample].flat());
    }
  }
  return samples;
}

/** Reports the progress. */
export function progress(text) {
  process.stderr.write(`    ${text}\n`);
}

/** Prints the samples: `{ id: { ours: [], theirs: [] } }`. */
export function report(samples) {
  process.stdout.write(`${JSON.stringify(samples)}\n`);
}

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Serves folders, `{ "/ours": folder }`, on a free port of 127.0.0.1, passes the origin to `work`,
 * and stops. `headers` are added to every response.
 */
export async function serving(folders, work, headers = {}) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const mount = Object.keys(folders).find((mount) => path.startsWith(`${mount}/`));
    const file = mount && join(folders[mount], normalize(path.slice(mount.length)));
    try {
      const bytes = await readFile(file);
      response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", ...headers });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await work(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
