// The page's start where files can be loaded by a script's tag and by nothing else: each module comes as a script that
// puts it, in base64, into `orchardModules`.

/** Where the start was loaded from. */
export const here = document.currentScript.src;

const modules = (window.orchardModules = {});

/** A module, in the form in which `fetch` would bring it. */
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
