// What the pages in `benches/client` are served with.
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The folders of a page that has both clients; `ours` is what wasm-bindgen wrote. */
export const folders = (ours) => ({
  "/client": here("../client"),
  "/ours": ours,
  "/theirs": here("../node_modules/socket.io-client/dist"),
});

/** With these a page's clock has steps of 5 µs rather than 100. */
export const FINE_CLOCK = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
