"""Flask-SocketIO; see `common`."""

import logging
import socket

from flask import Flask, request
from flask_socketio import ConnectionRefusedError, SocketIO, disconnect, emit, join_room
from werkzeug.serving import make_server

import common


def serve_events(socketio, namespace):
    def reply(event, *args):
        # A tuple, so that a single None is also an argument.
        socketio.emit(event, args, namespace=namespace, to=request.sid)

    @socketio.on("connect", namespace=namespace)
    def connect(auth=None):
        if common.refuses(namespace, auth):
            raise ConnectionRefusedError(*common.REFUSAL)
        # Emitted within the handler, so that both reach the newcomer before the reply to its
        # CONNECT.
        if auth and "early" in auth:
            reply("early", auth["early"])
        reply("welcome", common.welcome(request.sid, auth))

    # The return value of a handler is the acknowledgement. The handler can't see whether one is
    # requested: it returns one and emits an event.
    @socketio.on("*", namespace=namespace)
    def answer(event, *args):
        match event:
            case "echo":
                reply("echo", *args)
                return args
            case "question":
                ask(socketio, namespace, request.sid, args)
            case "binary":
                reply("binary", common.nested_bytes())
                return common.nested_bytes()
            case "leave" if args[:1] == ("all",):
                leave_all(socketio.server, request.sid, namespace)
            case "leave":
                socketio.server.disconnect(request.sid, namespace=namespace)
            case "drop":
                request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            case "broadcast":
                socketio.emit("broadcast", args, namespace=namespace)
            case "count":
                return len(list(socketio.server.manager.get_participants(namespace, None)))
            case "never":
                return socketio.server.not_handled
            case "join":
                join_room(args[0])
            case "to":
                socketio.emit("room", args[1:], namespace=namespace, to=args[0])
            case "throw":
                raise RuntimeError("thrown by the test")
            case "close":
                connection = socketio.server.manager.eio_sid_from_sid(request.sid, namespace)
                socketio.server.eio.disconnect(connection)
            case "threads":
                emit_from_threads(socketio, namespace, request.sid)
            case "reserved":
                reply("connect", 1)
            case "nan":
                reply("nan", common.not_numbers())
            case _:
                reply("echo", event, *args)


def serve_refusals(socketio):
    namespace = "/refusals"

    @socketio.on("connect", namespace=namespace)
    def connect(auth=None):
        how = (auth or {}).get("how")
        if how == "emit":
            emit("early", 1)
        if how == "kick":
            disconnect()
        return common.refuse(how)


def serve_farewell(socketio):
    namespace = "/farewell"

    @socketio.on("leave", namespace=namespace)
    def leave():
        disconnect()

    @socketio.on("disconnect", namespace=namespace)
    def disconnected(_reason):
        emit("late")


def emit_from_threads(socketio, namespace, sid):
    """Emits from two threads, binary events from one of them.

    A text packet may be sent between a binary packet and its bytes.
    """

    def emit_many(event, *args):
        for _ in range(1000):
            socketio.emit(event, args, namespace=namespace, to=sid)
        socketio.emit(f"{event} done", namespace=namespace, to=sid)

    socketio.start_background_task(emit_many, "text")
    socketio.start_background_task(emit_many, "bytes", b"\x01")


def ask(socketio, namespace, sid, args):
    def answered(*answers):
        socketio.emit("answer", answers, namespace=namespace, to=sid)

    socketio.server.emit("question", args, namespace=namespace, to=sid, callback=answered)


def leave_all(server, sid, namespace):
    connection = server.manager.eio_sid_from_sid(sid, namespace)
    for other in common.NAMESPACES:
        if its := server.manager.sid_from_eio_sid(connection, other):
            server.disconnect(its, namespace=other)
    server.eio.disconnect(connection)


def main():
    options = common.parse_options()
    common.end_by_itself(options)
    if not options.verbose:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = Flask(__name__, static_folder=None)
    socketio = SocketIO(app, async_mode="threading", **common.settings(options))
    for namespace in common.NAMESPACES:
        serve_events(socketio, namespace)
    serve_refusals(socketio)
    serve_farewell(socketio)
    server = make_server(options.host, options.port, app, threaded=True)
    print(f"listening on {options.host}:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
