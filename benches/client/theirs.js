// socket.io-client, behind the same interface as ours.

/** Loads the module at this URL. */
export async function load(url) {
  const { io } = await import(url);
  let sockets = [];
  let listening = [];
  let received = 0;
  let sum = 0;
  let prepared = {};

  const listeners = {
    server_response(small) {
      received += 1;
      sum += small.count + small.sid.length;
    },
    garden: hearTrees,
    orchard: hearTrees,
    photo(bytes) {
      received += 1;
      sum += bytes.byteLength;
    },
  };

  function hearTrees({ owner, trees }) {
    received += 1;
    let all = owner.length;
    for (const tree of trees) {
      all += tree.id + tree.kind.length + tree.owner.length + tree.stage + tree.water + tree.planted.length + (tree.ripe ? 1 : 0);
    }
    sum += all;
  }

  return {
    connect(address, namespaces) {
      // It treats 0 as unset, and waits a second.
      const options = { transports: ["websocket"], reconnectionDelay: 1, reconnectionDelayMax: 1 };
      sockets = namespaces.map((namespace) => io(`${address}${namespace}`, options));
    },
    connected: () => sockets.every((socket) => socket.connected),
    listen(event, times) {
      for (const [socket, name, listener] of listening) socket.off(name, listener);
      listening = [];
      received = 0;
      sum = 0;
      for (const socket of sockets) {
        for (let time = 0; time < times; time += 1) {
          // A separate function, as each listener of a page is.
          const listener = (value) => listeners[event](value);
          socket.on(event, listener);
          listening.push([socket, event, listener]);
        }
      }
    },
    count: () => received,
    sum: () => sum,
    prepare(small, orchard) {
      prepared = { server_response: small, orchard };
    },
    ask: (event, count) => sockets[0].emit(event, count),
    emit(event, times) {
      const value = prepared[event];
      for (let time = 0; time < times; time += 1) sockets[0].emit(event, value);
    },
    emitAcked(times) {
      // A callback is its cheapest way to wait.
      for (let time = 0; time < times; time += 1) sockets[0].emit("server_response", prepared.server_response, listeners.server_response);
    },
    /** It has no WebAssembly memory. */
    memory: () => 0,
  };
}
