// Runs before the page and writes down what it shows, so that a test can't miss what is gone again:
// every toast, every count, every state of the connection, each in its order. A breach of the content
// policy goes to the console, which outlives the page.
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
    // As digits: how they are grouped is up to the language.
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
