"""The game's Flask server as the page uses it, on a real Flask-SocketIO, for the tests.

It serves the page, `/socket.io/` and `/api` from one origin, prints `listening on 127.0.0.1:PORT`
when it is ready, and ends when its standard input closes or its lifetime ends, so that no test
leaves one running.

    python app.py --port 5000 --dist ../../../dist --stay

Tests control it over HTTP, see `Controls`:

    POST /control/settings  {"access_lifetime": 1, …}           returns the settings
    POST /control/expire                                        all access tokens so far are expired
    POST /control/stale                                         … at CONNECT only: /api accepts them
    POST /control/emit      {"event", "data", "namespace", "to"}
    POST /control/disconnect {"sid"}                            from namespace /mofang
    POST /control/drop                                          closes every connection
    POST /control/forget                                        empties the lists of `state`
    GET  /control/state                                         connections, events received, API calls
"""

import argparse
import itertools
import logging
import mimetypes
import os
import random
import sys
import threading
import time
from dataclasses import asdict, dataclass, field, fields

import jwt
from flask import Flask, Response, abort, jsonify, request, send_from_directory
from flask_socketio import ConnectionRefusedError, SocketIO, emit, join_room
from werkzeug.serving import make_server

NAMESPACE = "/mofang"

OK, INVALID_INPUT, NO_AUTHORIZATION, TOKEN_EXPIRED, TOKEN_INVALID = 1000, 1001, 1004, 1005, 1006
NO_SUCH_ACCOUNT, WRONG_PASSWORD = 1007, 1009

REFRESH_LIFETIME = 30 * 24 * 3600


@dataclass
class Controls:
    """The settings that a test can change while the server runs."""

    # Seconds.
    access_lifetime: float = 3600
    push_interval: float = 1
    # The server that returns the bare token as the result of User.refresh.
    refresh_as_string: bool = False
    # Arguments of the refusal of every CONNECT to /mofang: a message, then any data. None accepts
    # it.
    refuse: "list | None" = None
    # Whether the handler of every CONNECT to /mofang raises an exception: such a CONNECT is never
    # answered.
    connect_raises: bool = False
    # Whether each refresh token is valid once, and a second use ends the session.
    rotate: bool = False
    # How /api fails: "error-200" and "error-500" are JSON-RPC errors with that status, "not-json"
    # is an HTML page, "hang" answers only after the client has given up.
    api_fault: "str | None" = None
    # The errno that User.info fails with. None for success.
    info_errno: "int | None" = None
    # The origin that may call /api from elsewhere, "null" for pages on the device. None allows no
    # other origin.
    allow_origin: "str | None" = None
    # Entries that User.info returns instead of the user's own.
    user: dict = field(default_factory=dict)

    def update(self, changes):
        unknown = changes.keys() - {f.name for f in fields(self)}
        if unknown:
            raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
        for name, value in changes.items():
            setattr(self, name, value)


@dataclass
class Seen:
    """What the clients did, for the tests to read."""

    connections: list = field(default_factory=list)
    handshakes: int = 0
    events: list = field(default_factory=list)
    calls: list = field(default_factory=list)


class Failure(Exception):
    """A business failure: a result with an errno, not an error."""

    def __init__(self, errno, errmsg):
        super().__init__(errmsg)
        self.errno, self.errmsg = errno, errmsg


class Tokens:
    """Signs and checks the two kinds of token. The key is stored, so tokens survive a restart."""

    def __init__(self, key, controls):
        self.key, self.controls = key, controls
        self.serials = itertools.count(1)
        self.expired_through = 0
        self.stale_through = 0
        # Refresh tokens that were used, and whether one was used twice.
        self.used = set()
        self.is_revoked = False

    def issue(self, user_id, kind):
        lifetime = self.controls.access_lifetime if kind == "access" else REFRESH_LIFETIME
        # PyJWT requires a text as the subject; the identity is an integer.
        claims = {
            "sub": str(user_id),
            "type": kind,
            "serial": next(self.serials),
            "exp": time.time() + lifetime,
        }
        return jwt.encode(claims, self.key, algorithm="HS256")

    def user_of(self, authorization, kind):
        if not authorization:
            raise Failure(NO_AUTHORIZATION, "no authorization")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "jwt":
            raise Failure(TOKEN_INVALID, "token invalid")
        try:
            claims = jwt.decode(token, self.key, algorithms=["HS256"])
        except jwt.ExpiredSignatureError:
            raise Failure(TOKEN_EXPIRED, "token expired") from None
        except jwt.InvalidTokenError:
            raise Failure(TOKEN_INVALID, "token invalid") from None
        if claims.get("type") != kind:
            raise Failure(TOKEN_INVALID, "token invalid")
        if kind == "access" and claims["serial"] <= self.expired_through:
            raise Failure(TOKEN_EXPIRED, "token expired")
        return int(claims["sub"])

    def expire_all(self):
        self.expired_through = next(self.serials)

    def make_stale(self):
        self.stale_through = next(self.serials)

    def is_stale(self, token):
        try:
            claims = jwt.decode(token, self.key, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            return True
        return claims["serial"] <= self.stale_through

    def use(self, authorization):
        """Accepts each refresh token once. A second use revokes all of them."""
        if authorization in self.used:
            self.is_revoked = True
        self.used.add(authorization)
        if self.is_revoked:
            raise Failure(TOKEN_INVALID, "token invalid")


class Api:
    """JSON-RPC 2.0 at POST /api. Business failures are results with an errno, HTTP 200."""

    def __init__(self, options, tokens, seen):
        self.tokens, self.seen = tokens, seen
        self.password = options.password
        self.user = {
            "id": 1,
            "mobile": options.account,
            "nickname": "小果农",
            "avatar": "",
            "money": 1000,
            "credit": 100,
        }
        self.methods = {
            "User.login": self.login,
            "User.check": self.check,
            "User.refresh": self.refresh,
            "User.info": self.info,
        }

    def answer(self, call):
        identifier = call.get("id") if isinstance(call, dict) else None
        if not isinstance(call, dict) or call.get("jsonrpc") != "2.0":
            return rpc_error(identifier, -32600, "Invalid Request")
        method, params = call.get("method"), call.get("params", {})
        self.seen.calls.append(method)
        handler = self.methods.get(method)
        if handler is None:
            return rpc_error(identifier, -32601, "Method not found")
        if not isinstance(params, dict):
            return rpc_error(identifier, -32602, "Invalid params")
        try:
            result = handler(params)
        except Failure as failure:
            result = {"errno": failure.errno, "errmsg": failure.errmsg}
        return {"jsonrpc": "2.0", "id": identifier, "result": result}

    def login(self, params):
        account, password = params.get("account"), params.get("password")
        if not isinstance(account, str) or not isinstance(password, str) or not account or not password:
            raise Failure(INVALID_INPUT, "账号和密码不能为空")
        if account != self.user["mobile"]:
            raise Failure(NO_SUCH_ACCOUNT, "账号不存在")
        if password != self.password:
            raise Failure(WRONG_PASSWORD, "密码错误")
        shown = {name: value for name, value in self.user.items() if name != "mobile"}
        return {
            "errno": OK,
            "errmsg": "ok",
            **shown,
            "access_token": self.tokens.issue(self.user["id"], "access"),
            "refresh_token": self.tokens.issue(self.user["id"], "refresh"),
        }

    def check(self, _params):
        self.tokens.user_of(request.headers.get("Authorization"), "access")
        return {"errno": OK, "errmsg": "ok"}

    def refresh(self, _params):
        authorization = request.headers.get("Authorization")
        user_id = self.tokens.user_of(authorization, "refresh")
        token = self.tokens.issue(user_id, "access")
        if self.tokens.controls.rotate:
            self.tokens.use(authorization)
            following = self.tokens.issue(user_id, "refresh")
            return {"errno": OK, "errmsg": "ok", "access_token": token, "refresh_token": following}
        if self.tokens.controls.refresh_as_string:
            return token
        return {"errno": OK, "errmsg": "ok", "access_token": token}

    def info(self, _params):
        self.tokens.user_of(request.headers.get("Authorization"), "access")
        controls = self.tokens.controls
        if controls.info_errno is not None:
            raise Failure(controls.info_errno, "requested by the test")
        return {"errno": OK, "errmsg": "ok", **self.user, **controls.user}


class Push:
    """The timed push that the first `chat` starts, once, for all clients in the namespace."""

    def __init__(self, socketio, controls):
        self.socketio, self.controls = socketio, controls
        self.lock = threading.Lock()
        self.running = False

    def start(self):
        with self.lock:
            if not self.running:
                self.running = True
                self.socketio.start_background_task(self.run)

    def run(self):
        while True:
            self.socketio.sleep(self.controls.push_interval)
            count = {"count": random.randint(1, 100)}
            self.socketio.emit("server_response", count, namespace=NAMESPACE)


def rpc_error(identifier, code, message):
    return {"jsonrpc": "2.0", "id": identifier, "error": {"code": code, "message": message, "data": None}}


def serve_events(socketio, options, controls, tokens, seen):
    push = Push(socketio, controls)

    def note(event, data):
        seen.events.append({"sid": request.sid, "event": event, "data": data})

    @socketio.on("connect", namespace=NAMESPACE)
    def connect(auth=None):
        if controls.connect_raises:
            raise RuntimeError("requested by the test")
        if tokens.stale_through and tokens.is_stale((auth or {}).get("token", "")):
            # As a server that can only send text.
            raise ConnectionRefusedError("1005 token expired")
        if controls.refuse is not None:
            raise ConnectionRefusedError(*controls.refuse)
        seen.connections.append(request.sid)
        # Emitted within the handler, so that it reaches the newcomer before the reply to its
        # CONNECT.
        welcome = {"count": options.registered, "sid": request.sid}
        socketio.emit("server_response", welcome, namespace=NAMESPACE)

    @socketio.on("disconnect", namespace=NAMESPACE)
    def disconnect(*_reason):
        if request.sid in seen.connections:
            seen.connections.remove(request.sid)

    @socketio.on("message", namespace=NAMESPACE)
    def message(data):
        note("message", data)

    @socketio.on("login", namespace=NAMESPACE)
    def login(data):
        note("login", data)
        room = data["uid"]
        join_room(room)
        socketio.emit("login_response", {"data": "登录成功"}, namespace=NAMESPACE, to=room)

    @socketio.on("chat", namespace=NAMESPACE)
    def chat(data):
        note("chat", data)
        push.start()

    @socketio.on("my_broadcast", namespace=NAMESPACE)
    def my_broadcast(data):
        note("my_broadcast", data)
        emit("broadcast_response", data, broadcast=True)
        # Without a namespace it is emitted in "/".
        socketio.emit("some event", {"data": 42})

    # Without a handler the namespace "/" would be refused.
    @socketio.on("connect", namespace="/")
    def connect_root(_auth=None):
        pass


def serve_api(app, api, controls):
    @app.after_request
    def allow(response):
        if controls.allow_origin is not None and request.path == "/api":
            response.headers["Access-Control-Allow-Origin"] = controls.allow_origin
            response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
            response.headers["Vary"] = "Origin"
        return response

    @app.post("/api")
    def rpc():
        if controls.api_fault == "hang":
            time.sleep(60)
        if controls.api_fault == "not-json":
            return Response("<h1>502 Bad Gateway</h1>", status=502, content_type="text/html")
        call = request.get_json(force=True, silent=True)
        identifier = call.get("id") if isinstance(call, dict) else None
        if controls.api_fault in ("error-200", "error-500"):
            fault = rpc_error(identifier, -32603, "Internal error")
            return jsonify(fault), int(controls.api_fault.removeprefix("error-"))
        if call is None:
            return jsonify(rpc_error(None, -32700, "Parse error")), 400
        return jsonify(api.answer(call))


def serve_page(app, dist, policy):
    # Some systems don't know the type, and a browser compiles a stream only with this one.
    mimetypes.add_type("application/wasm", ".wasm")

    @app.get("/", defaults={"path": "index.html"})
    @app.get("/<path:path>")
    def page(path):
        if dist is None:
            abort(404)
        return send_from_directory(dist, path, max_age=0)

    @app.after_request
    def secure(response):
        if policy:
            response.headers["Content-Security-Policy"] = policy
        return response


def serve_controls(app, socketio, controls, tokens, seen):
    @app.get("/control/state")
    def state():
        return jsonify(asdict(seen))

    @app.post("/control/settings")
    def settings():
        try:
            controls.update(request.get_json())
        except ValueError as error:
            return jsonify({"error": str(error)}), 400
        return jsonify(asdict(controls))

    @app.post("/control/expire")
    def expire():
        tokens.expire_all()
        return jsonify({})

    @app.post("/control/stale")
    def stale():
        tokens.make_stale()
        return jsonify({})

    @app.post("/control/emit")
    def emit_event():
        wanted = request.get_json()
        namespace = wanted.get("namespace", NAMESPACE)
        socketio.emit(wanted["event"], wanted.get("data"), namespace=namespace, to=wanted.get("to"))
        return jsonify({})

    @app.post("/control/disconnect")
    def disconnect_one():
        socketio.server.disconnect(request.get_json()["sid"], namespace=NAMESPACE)
        return jsonify({})

    @app.post("/control/drop")
    def drop():
        for connection in list(socketio.server.eio.sockets.values()):
            # Waiting for its queue might never end: nothing is taken from it while the client
            # closes, too.
            connection.close(wait=False)
        return jsonify({})

    @app.post("/control/forget")
    def forget():
        seen.events.clear()
        seen.calls.clear()
        seen.handshakes = 0
        return jsonify({})


def counting_handshakes(wsgi_app, seen):
    """Flask never sees the requests of Socket.IO, so they are counted in front of it."""

    def wrapped(environ, start_response):
        if environ["PATH_INFO"].startswith("/socket.io/") and "sid=" not in environ["QUERY_STRING"]:
            seen.handshakes += 1
        return wsgi_app(environ, start_response)

    return wrapped


def end_with(options):
    def end():
        # Not sys.exit, which would only end this thread.
        os._exit(0)

    if options.max_life > 0:
        timer = threading.Timer(options.max_life, end)
        timer.daemon = True
        timer.start()

    def watch():
        sys.stdin.buffer.read()
        end()

    if not options.stay:
        threading.Thread(target=watch, daemon=True).start()


def parse_options():
    parser = argparse.ArgumentParser(description="The orchard's contract on a real Flask-SocketIO, for the tests.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--dist", type=os.path.abspath, help="folder of the built page, served at /")
    parser.add_argument("--content-security-policy", default="", help="sent with every answer (default: none)")
    parser.add_argument("--account", default="13800138000", help="account of the one user")
    parser.add_argument("--password", default="orchard", help="password of the one user")
    parser.add_argument("--key", default="for tests only: thirty-two bytes or more", help="signs the tokens")
    parser.add_argument(
        "--registered",
        type=int,
        default=1000,
        help="the count sent on connect; the timed push never sends more than 100 (default 1000)",
    )
    parser.add_argument("--push-interval", type=float, default=1, help="seconds between two pushes (default 1)")
    parser.add_argument("--access-lifetime", type=float, default=3600, help="seconds (default 3600)")
    parser.add_argument("--ping-interval", type=float, default=25, help="seconds (default 25)")
    parser.add_argument("--ping-timeout", type=float, default=20, help="seconds (default 20)")
    parser.add_argument("--always-connect", action="store_true", help="lets in first, and then out whom it refuses")
    parser.add_argument("--max-life", type=float, default=600, help="seconds until it ends by itself; 0: never")
    parser.add_argument("--stay", action="store_true", help="does not end when standard input closes")
    parser.add_argument("--verbose", action="store_true", help="logs requests and packets")
    return parser.parse_args()


def main():
    options = parse_options()
    end_with(options)
    if not options.verbose:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)

    controls = Controls(access_lifetime=options.access_lifetime, push_interval=options.push_interval)
    seen = Seen()
    tokens = Tokens(options.key, controls)

    app = Flask(__name__, static_folder=None)
    socketio = SocketIO(
        app,
        async_mode="threading",
        cors_allowed_origins="*",
        always_connect=options.always_connect,
        ping_interval=options.ping_interval,
        ping_timeout=options.ping_timeout,
        logger=options.verbose,
        engineio_logger=options.verbose,
    )
    serve_events(socketio, options, controls, tokens, seen)
    serve_api(app, Api(options, tokens, seen), controls)
    serve_controls(app, socketio, controls, tokens, seen)
    serve_page(app, options.dist, options.content_security_policy)
    app.wsgi_app = counting_handshakes(app.wsgi_app, seen)

    server = make_server(options.host, options.port, app, threaded=True)
    print(f"listening on {options.host}:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
