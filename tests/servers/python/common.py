"""Code that the Socket.IO servers of this folder share.

They support the events of `../node/server.mjs` that python-socketio can handle; the differences are in the table of
`crates/socketio-web/tests/servers/matrix.rs`. Each prints `listening on 127.0.0.1:PORT` when it is ready, and ends
when its standard input closes or its lifetime ends, so that no test leaves one running.

Events that only they have: `reserved` is answered by an event `connect`, which the server on Node.js refuses to emit,
and `nan` by an event `nan` with numbers that JSON doesn't have. Only Flask has `threads`, which is answered by two
threads that emit at the same time: one `text`, the other `bytes`.
"""

import argparse
import os
import sys
import threading

from socketio.exceptions import ConnectionRefusedError as Refused

NAMESPACES = ("/", "/admin")
REFUSAL = ("not authorized", {"code": 4001, "retry": False})


def refuses(namespace, auth):
    return namespace == "/admin" and (auth or {}).get("token") != "secret"


def welcome(sid, auth):
    return {"id": sid, "auth": auth or {}, "recovered": False}


def nested_bytes():
    return {"name": "picture", "parts": [bytes([1, 2, 3]), {"inner": b""}, bytes([255])]}


def refuse(how):
    """Refuses in the connect handler of `/refusals`: raises, or returns the handler's result."""
    match how:
        case "false" | "emit":
            return False
        case "nothing":
            raise Refused()
        case "message":
            raise Refused("not today")
        case "data":
            raise Refused("not today", {"code": 7})
        case "several":
            raise Refused("not today", 7, [8])
        case "object":
            raise Refused({"code": 7})
        case "builtin":
            raise ConnectionRefusedError("not today")
        case "throw":
            raise RuntimeError("thrown by the test")


def not_numbers():
    return {"nan": float("nan"), "most": float("inf"), "least": -float("inf")}


def parse_options():
    parser = argparse.ArgumentParser(description="A Socket.IO server for the tests of the client.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    # All times are in milliseconds.
    parser.add_argument("--ping-interval", type=float, default=25000)
    parser.add_argument("--ping-timeout", type=float, default=20000)
    parser.add_argument("--max-bytes", type=int, default=1_000_000, help="of a message")
    parser.add_argument("--always-connect", action="store_true", help="accepts first, and refuses then")
    parser.add_argument("--any-namespace", action="store_true", help="accepts namespaces without handlers")
    parser.add_argument("--max-life", type=float, default=600000, help="0: for ever")
    parser.add_argument("--stay", action="store_true", help="does not end when standard input closes")
    parser.add_argument("--verbose", action="store_true", help="logs packets")
    return parser.parse_args()


def settings(options):
    """The options of python-socketio, under Flask and under ASGI."""
    return {
        "always_connect": options.always_connect,
        "namespaces": "*" if options.any_namespace else None,
        "max_http_buffer_size": options.max_bytes,
        "cors_allowed_origins": "*",
        "ping_interval": options.ping_interval / 1000,
        "ping_timeout": options.ping_timeout / 1000,
        "logger": options.verbose,
        "engineio_logger": options.verbose,
        # In sequence, so that the responses have the order of the requests.
        "async_handlers": False,
    }


def end_by_itself(options):
    def end():
        # Not sys.exit, which would only end this thread.
        os._exit(0)

    if options.max_life > 0:
        timer = threading.Timer(options.max_life / 1000, end)
        timer.daemon = True
        timer.start()

    def watch():
        sys.stdin.buffer.read()
        end()

    if not options.stay:
        threading.Thread(target=watch, daemon=True).start()
