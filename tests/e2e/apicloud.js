// A stand-in for the web view of an APICloud app, as the page finds it: `api` is added to `window`
// some time after the page has started, and then `apiready` is called. It keeps the app's stores,
// does nothing else, and records every call in `standIn.calls`. It follows the contract. The test
// fills in `ARRIVES` (milliseconds; null: only when `arrive` is called) and `PAGE_PARAM`.
(() => {
  if (window !== window.top) return;
  // The stores are the app's and outlive the page: prefs on the device, global data in memory.
  const stored = (name) => JSON.parse(window.name || "{}")[name] ?? {};
  const store = (name, values) => {
    window.name = JSON.stringify({ ...JSON.parse(window.name || "{}"), [name]: values });
  };
  const put = (name, key, value) => store(name, { ...stored(name), [key]: value });

  const calls = [];
  const listeners = {};
  let skipped = 0;

  const functions = {
    closeWin() {},
    openWin() {},
    toast() {},
    addEventListener({ name }, listener) {
      listeners[name] = listener;
    },
    // Always returns a string, whatever was stored; an empty one if nothing was.
    getPrefs({ key, sync }, answer) {
      const value = String(stored("prefs")[key] ?? "");
      if (sync) return value;
      setTimeout(() => answer({ value }));
    },
    setPrefs: ({ key, value }) => put("prefs", key, String(value)),
    getGlobalData: ({ key }) => stored("global")[key] ?? "",
    setGlobalData: ({ key, value }) => put("global", key, value),
  };

  const api = { pageParam: PAGE_PARAM };
  for (const [name, run] of Object.entries(functions)) {
    api[name] = (argument, callback) => {
      if (!argument || Object.getPrototypeOf(argument) !== Object.prototype) {
        throw new TypeError(`api.${name} takes an object`);
      }
      calls.push({ name, argument: JSON.parse(JSON.stringify(argument)) });
      return run(argument, callback);
    };
  }

  window.standIn = {
    calls,
    stored,
    /** Stores a value, as another window of the app or its native side does. */
    put,
    /** Sends an event of the app: `pause`, `keyback`… */
    tell: (name) => listeners[name]?.({}),
    /** Lets time pass without running any of the page's code, as on a sleeping device. */
    sleep: (milliseconds) => (skipped += milliseconds),
    listens: () => Object.keys(listeners).sort(),
  };
  const now = Date.now.bind(Date);
  Date.now = () => now() + skipped;

  window.standIn.arrive = () => {
    window.api = api;
    window.apiready?.();
  };
  if (ARRIVES !== null) setTimeout(window.standIn.arrive, ARRIVES);
})();
