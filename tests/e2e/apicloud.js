// A stand-in for the web view of an APICloud app. It adds `api` to `window` some time after the
// page has started, and then calls `apiready`. It implements the app's stores, and only records the
// other calls: `standIn.calls` has all of them. The test replaces `DELAY` (milliseconds, or null:
// only when `defineApi` is called) and `PAGE_PARAM`.
(() => {
  if (window !== window.top) return;
  // The stores belong to the app and outlive the page: prefs on the device, global data in memory.
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
    sendEvent: (name) => listeners[name]?.({}),
    /** Advances the clock without running any of the page's code, as on a sleeping device. */
    sleep: (milliseconds) => (skipped += milliseconds),
    listens: () => Object.keys(listeners).sort(),
  };
  const now = Date.now.bind(Date);
  Date.now = () => now() + skipped;

  window.standIn.defineApi = () => {
    window.api = api;
    window.apiready?.();
  };
  if (DELAY !== null) setTimeout(window.standIn.defineApi, DELAY);
})();
