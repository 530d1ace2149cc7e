"""python-socketio under ASGI, on uvicorn; see `common`."""

import asyncio
import socket

import socketio
import uvicorn

import common


class Events:
    """The events of one namespace."""

    def __init__(self, sio, namespace, cut):
        self.sio, self.namespace, self.cut = sio, namespace, cut
        sio.on("connect", self.connect, namespace=namespace)
        sio.on("*", self.answer, namespace=namespace)

    async def reply(self, sid, event, *args):
        # A tuple, so that a single None is also an argument.
        await self.sio.emit(event, args, namespace=self.namespace, to=sid)

    async def connect(self, sid, _environ, auth=None):
        if common.refuses(self.namespace, auth):
            raise socketio.exceptions.ConnectionRefusedError(*common.REFUSAL)
        # Emitted within the handler, so that both reach the newcomer before the reply to its
        # CONNECT.
        if auth and "early" in auth:
            await self.reply(sid, "early", auth["early"])
        await self.reply(sid, "welcome", common.welcome(sid, auth))

    # The return value of a handler is the acknowledgement. The handler can't see whether one is
    # requested: it returns one and emits an event.
    async def answer(self, event, sid, *args):
        match event:
            case "echo":
                await self.reply(sid, "echo", *args)
                return args
            case "question":
                await self.ask(sid, args)
            case "binary":
                await self.reply(sid, "binary", common.nested_bytes())
                return common.nested_bytes()
            case "leave" if args[:1] == ("all",):
                await self.leave_all(sid)
            case "leave":
                await self.sio.disconnect(sid, namespace=self.namespace)
            case "drop":
                self.cut(self.sio.get_environ(sid, self.namespace)["asgi.scope"]["client"])
            case "broadcast":
                await self.sio.emit("broadcast", args, namespace=self.namespace)
            case "count":
                return len(list(self.sio.manager.get_participants(self.namespace, None)))
            case "never":
                return self.sio.not_handled
            case "join":
                await self.sio.enter_room(sid, args[0], namespace=self.namespace)
            case "to":
                await self.sio.emit("room", args[1:], namespace=self.namespace, to=args[0])
            case "throw":
                raise RuntimeError("thrown by the test")
            case "close":
                await self.sio.eio.disconnect(self.sio.manager.eio_sid_from_sid(sid, self.namespace))
            case "reserved":
                await self.reply(sid, "connect", 1)
            case "nan":
                await self.reply(sid, "nan", common.not_numbers())
            case _:
                await self.reply(sid, "echo", event, *args)

    async def ask(self, sid, args):
        async def answered(*answers):
            await self.reply(sid, "answer", *answers)

        await self.sio.emit("question", args, namespace=self.namespace, to=sid, callback=answered)

    async def leave_all(self, sid):
        connection = self.sio.manager.eio_sid_from_sid(sid, self.namespace)
        for other in common.NAMESPACES:
            if its := self.sio.manager.sid_from_eio_sid(connection, other):
                await self.sio.disconnect(its, namespace=other)
        await self.sio.eio.disconnect(connection)


def serve_refusals(sio):
    namespace = "/refusals"

    @sio.on("connect", namespace=namespace)
    async def connect(sid, _environ, auth=None):
        how = (auth or {}).get("how")
        if how == "emit":
            await sio.emit("early", 1, namespace=namespace, to=sid)
        if how == "kick":
            await sio.disconnect(sid, namespace=namespace)
        return common.refuse(how)


def serve_farewell(sio):
    namespace = "/farewell"

    @sio.on("leave", namespace=namespace)
    async def leave(sid):
        await sio.disconnect(sid, namespace=namespace)

    @sio.on("disconnect", namespace=namespace)
    async def disconnect(sid, _reason):
        await sio.emit("late", namespace=namespace, to=sid)


async def serve(options):
    sio = socketio.AsyncServer(async_mode="asgi", **common.settings(options))
    app = socketio.ASGIApp(sio)
    server = uvicorn.Server(uvicorn.Config(app, ws="wsproto", lifespan="off", log_level="critical"))

    def cut(client):
        for connection in list(server.server_state.connections):
            if connection.transport.get_extra_info("peername")[:2] == tuple(client):
                connection.transport.abort()

    for namespace in common.NAMESPACES:
        Events(sio, namespace, cut)
    serve_refusals(sio)
    serve_farewell(sio)
    with socket.create_server((options.host, options.port)) as listener:
        print(f"listening on {options.host}:{listener.getsockname()[1]}", flush=True)
        await server.serve(sockets=[listener])


def main():
    options = common.parse_options()
    common.end_by_itself(options)
    asyncio.run(serve(options))


if __name__ == "__main__":
    main()
