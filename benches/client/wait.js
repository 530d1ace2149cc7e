// Waiting for results that arrive in later tasks.

const PATIENCE_MS = 60_000;

/**
 * Waits until `is` returns true. Polls about every 4 ms, so that polling does not slow down the
 * measured work.
 */
export async function until(is) {
  const start = performance.now();
  while (!is()) {
    if (performance.now() - start > PATIENCE_MS) throw new Error("the condition was not met in time");
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** Waits for a result that arrives in microtasks. */
export async function arrived(is) {
  for (let turn = 0; turn < 1000; turn += 1) {
    await undefined;
    if (is()) return;
  }
  throw new Error("the condition was not met in time");
}
