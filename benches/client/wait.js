// Waiting for what comes in tasks of its own.

const PATIENCE_MS = 60_000;

/** Until `is` is true: looked at every 4 ms or so, so that looking takes no time from what is waited for. */
export async function until(is) {
  const start = performance.now();
  while (!is()) {
    if (performance.now() - start > PATIENCE_MS) throw new Error("it does not come");
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** Waits for what comes in microtasks. */
export async function arrived(is) {
  for (let turn = 0; turn < 1000; turn += 1) {
    await undefined;
    if (is()) return;
  }
  throw new Error("it does not come");
}
