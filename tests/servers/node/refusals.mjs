// Every way in which a server refuses or ends a namespace.

/// Refuses, in the way that auth `{how}` names:
//
//   message    an error
//   data       an error with data
//   string     a string in the place of an error
//   silent     never decides
//   throw      a middleware throws, which ends the process
//   emit       an event first, then an error
//   kick       accepts, and disconnects at once
//   late       accepts, and the connection handler throws, which ends the process
export function serveRefusals(namespace) {
  namespace.use((socket, next) => {
    switch (socket.handshake.auth.how) {
      case "message":
        return next(new Error("not today"));
      case "data":
        return next(Object.assign(new Error("not today"), { data: { code: 7 } }));
      case "string":
        return next("not today");
      case "silent":
        return;
      case "throw":
        throw new Error("thrown by the test");
      case "emit":
        socket.emit("early", 1);
        return next(new Error("not today"));
      default:
        return next();
    }
  });
  namespace.on("connection", (socket) => {
    switch (socket.handshake.auth.how) {
      case "kick":
        return socket.disconnect();
      case "late":
        throw new Error("thrown by the test");
    }
  });
}

/// Emits `late` to each socket that is disconnected.
export function serveFarewell(namespace) {
  namespace.on("connection", (socket) => {
    socket.on("leave", () => socket.disconnect());
    socket.on("disconnect", () => socket.emit("late"));
  });
}
