// Startup for pages whose files can be loaded by `<script>` elements only: each module is a script
// that adds it, in base64, to `orchardModules`.

/** The URL of this script. */
export const here = document.currentScript.src;

const modules = (window.orchardModules = {});

/** Loads a module and returns it as `fetch` would. */
export function load(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${url}.js`;
    script.onload = () => {
      const name = script.src.split("/").pop();
      const text = atob(modules[name]);
      delete modules[name];
      const bytes = new Uint8Array(text.length);
      for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
      resolve(new Response(bytes, { headers: { "Content-Type": "application/wasm" } }));
    };
    script.onerror = () => reject(new TypeError(`could not load ${script.src}`));
    document.head.appendChild(script);
  });
}
