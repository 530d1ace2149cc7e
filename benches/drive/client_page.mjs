// The folders and headers with which the pages in `benches/client` are served.
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Returns the folders of a page with both clients; `ours` is the output folder of wasm-bindgen. */
export const folders = (ours) => ({
  "/client": here("../client"),
  "/ours": ours,
  "/theirs": here("../node_modules/socket.io-client/dist"),
});

/** Headers with which a page's clock has a resolution of 5 µs instead of 100 µs. */
export const FINE_CLOCK = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
