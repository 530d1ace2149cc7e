// Runs before the page and records what it shows, so that a test does not miss what is gone soon:
// every toast, every count and every state of the connection, each in order. A violation of the
// content security policy is written to the console, which outlives the page.
(() => {
  addEventListener("securitypolicyviolation", (it) => {
    const { effectiveDirective, blockedURI, sourceFile, lineNumber } = it;
    seen.breaches.push(`${effectiveDirective} ${blockedURI}`);
    console.error("content-policy:", effectiveDirective, blockedURI, `${sourceFile}:${lineNumber}`);
  });
  const seen = (window.recorded = { toasts: [], counts: [], states: [], breaches: [] });
  const known = new WeakSet();
  const find = (id) => document.querySelector(`[data-testid="${id}"]`);
  const add = (list, value) => {
    if (value && value !== list.at(-1)) list.push(value);
  };
  const look = () => {
    for (const toast of find("toasts")?.children ?? []) {
      if (known.has(toast)) continue;
      known.add(toast);
      seen.toasts.push(toast.textContent.trim());
    }
    // Digits only, without the language's grouping.
    add(seen.counts, find("user-count")?.textContent.replace(/\D/g, ""));
    add(seen.states, find("connection")?.dataset.state);
  };
  new MutationObserver(look).observe(document, {
    childList: true,
    subtree: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["data-state"],
  });
})();
