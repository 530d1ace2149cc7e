// The client of this project, as exported by `crates/socketio-web/examples/measured.rs`.

/** Loads the module of wasm-bindgen at this URL. */
export async function load(url) {
  const module = await import(url);
  const { memory } = await module.default();
  return {
    connect(address, namespaces) {
      const error = module.connect(address, namespaces.join(" "));
      if (error !== undefined) throw new Error(error);
    },
    connected: module.connected,
    listen: module.listen,
    count: module.count,
    sum: module.sum_of_all,
    prepare(small, orchard) {
      if (!module.prepare(JSON.stringify(small), JSON.stringify(orchard))) throw new Error("unreadable");
    },
    ask: module.ask,
    emit: module.emit,
    emitAcked: module.emit_acked,
    /** Returns the size of the WebAssembly memory in bytes. */
    memory: () => memory.buffer.byteLength,
  };
}
