// Starts the page where it is one module: a build that was not cut in two. An inline script would need a looser policy.
const { js, wasm } = document.getElementById("start").dataset;
const { default: init } = await import(new URL(js, document.baseURI));
await init({ module_or_path: new URL(wasm, document.baseURI) });
