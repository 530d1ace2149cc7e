"""The orchard's events on Flask-SocketIO with gevent, for the load of
`cargo xtask bench --only server`: handles each event as the default server does, and does nothing
else. Every client may do everything; tokens are not checked.

It prints `listening on 127.0.0.1:PORT` when it is ready, and ends when its standard input closes or
its lifetime ends. Over HTTP: GET /healthz; GET /collect collects garbage.
"""

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402
import gc  # noqa: E402
import os  # noqa: E402

import gevent  # noqa: E402
from flask import Flask, request  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402
from gevent.threadpool import ThreadPool  # noqa: E402

NAMESPACE = "/mofang"


def serve_events(socketio):
    there = set()

    @socketio.on("connect", namespace="/")
    def connect_root(_auth=None):
        pass

    @socketio.on("connect", namespace=NAMESPACE)
    def connect(_auth=None):
        there.add(request.sid)
        welcome = {"count": len(there), "sid": request.sid}
        socketio.emit("server_response", welcome, namespace=NAMESPACE)

    @socketio.on("disconnect", namespace=NAMESPACE)
    def disconnect(*_reason):
        there.discard(request.sid)

    @socketio.on("my_broadcast", namespace=NAMESPACE)
    def my_broadcast(data):
        socketio.emit("broadcast_response", data, namespace=NAMESPACE)
        socketio.emit("some event", {"data": 42})


def serve_controls(app):
    @app.get("/healthz")
    def healthz():
        return "ok"

    @app.get("/collect")
    def collect():
        gc.collect()
        return "ok"


def end_by_itself(max_life):
    def end():
        # Not sys.exit, which would only end this greenlet.
        os._exit(0)

    gevent.spawn_later(max_life / 1000, end)

    def watch():
        # In its own thread: a read would block every greenlet of this one.
        ThreadPool(1).apply(os.read, (0, 1))
        end()

    gevent.spawn(watch)


def parse_options():
    parser = argparse.ArgumentParser(description="The orchard's events on Flask-SocketIO with gevent.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    # All times are in milliseconds.
    parser.add_argument("--ping-interval", type=float, default=25000)
    parser.add_argument("--ping-timeout", type=float, default=20000)
    parser.add_argument("--max-life", type=float, default=600000)
    return parser.parse_args()


def main():
    options = parse_options()
    app = Flask(__name__, static_folder=None)
    socketio = SocketIO(
        app,
        async_mode="gevent",
        cors_allowed_origins="*",
        max_http_buffer_size=100_000,
        ping_interval=options.ping_interval / 1000,
        ping_timeout=options.ping_timeout / 1000,
    )
    serve_events(socketio)
    serve_controls(app)
    end_by_itself(options.max_life)
    server = WSGIServer(("127.0.0.1", options.port), app, log=None, backlog=4096, **handler())
    server.init_socket()
    print(f"listening on 127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


def handler():
    try:
        from geventwebsocket.handler import WebSocketHandler
    except ImportError:
        return {}
    return {"handler_class": WebSocketHandler}


if __name__ == "__main__":
    main()
