// Runs before the page and records every toast, every count and every state of the connection, each
// in order: a test would miss what is shown only briefly. A violation of the content security
// policy is written to the console, which outlives the page.
(() => {
  addEventListener("securitypolicyviolation", (it) => {
    const { effectiveDirective, blockedURI, sourceFile, lineNumber } = it;
    recorded.violations.push(`${effectiveDirective} ${blockedURI}`);
    console.error("content-policy:", effectiveDirective, blockedURI, `${sourceFile}:${lineNumber}`);
  });
  const recorded = (window.recorded = { toasts: [], counts: [], states: [], violations: [] });
  const known = new WeakSet();
  const find = (id) => document.querySelector(`[data-testid="${id}"]`);
  const add = (list, value) => {
    if (value && value !== list.at(-1)) list.push(value);
  };
  const record = () => {
    for (const toast of find("toasts")?.children ?? []) {
      if (known.has(toast)) continue;
      known.add(toast);
      recorded.toasts.push(toast.textContent.trim());
    }
    // Digits only, without the language's grouping.
    add(recorded.counts, find("user-count")?.textContent.replace(/\D/g, ""));
    add(recorded.states, find("connection")?.dataset.state);
  };
  new MutationObserver(record).observe(document, {
    childList: true,
    subtree: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["data-state"],
  });
})();
