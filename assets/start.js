// Starts the page in a build that is not split into two modules. An inline script would need a less
// strict policy.
const { js, wasm } = document.getElementById("start").dataset;
const { default: init } = await import(new URL(js, document.baseURI));
await init({ module_or_path: new URL(wasm, document.baseURI) });
