"""For the tests in TypeScript: the same small app in three frameworks, over real HTTP.

The first argument is asgi, fastapi or django, the second the options as JSON. It prints its port.
"""

import json
import pathlib
import socket
import sys
from urllib.parse import parse_qsl

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "src"))

framework, given = sys.argv[1], json.loads(sys.argv[2])
service_options, auth_options = given["service"], given["auth"]
OPERATIONS = ("sign-in", "sign-out", "sign-out-everywhere", "rotate", "list", "end-others", "authenticate", "reauthenticate")


def arguments_of(operation, query):
    """The call's arguments behind the request, of a query such as ?data={…}&persistent=true."""
    options = {name: json.loads(value) for name, value in parse_qsl(query)}
    first = {"sign-in": "data", "reauthenticate": "auth"}.get(operation)
    return ([options.pop(first, None)], options) if first else ([], options)


def call_of(auth, operation):
    names = {"rotate": "rotate_session", "list": "list_sessions", "end-others": "end_other_sessions"}
    return getattr(auth, names.get(operation, operation.replace("-", "_")))


def shown(result):
    """The body and the headers of an answer."""
    if hasattr(result, "sessions"):
        return {"count": len(result.sessions), "current": [each.current for each in result.sessions]}, {}
    headers = getattr(result, "headers", {})
    return {"token": getattr(result, "token", None), "ended": getattr(result, "ended", result is True)}, headers


def asgi_app():
    from redis_web_token import AsyncRwt
    from redis_web_token.asgi import AsgiAuth, RwtMiddleware

    auth = AsgiAuth(AsyncRwt(**service_options), **auth_options)

    async def respond(send, body, headers):
        sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": sent})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    async def me(scope, _receive, send):
        session = scope["state"]["session"]
        await respond(send, session and session.data, {"content-type": "application/json"})

    async def app(scope, receive, send):
        operation = scope["path"].removeprefix("/")
        if operation not in OPERATIONS:
            return await me(scope, receive, send)
        args, options = arguments_of(operation, scope["query_string"].decode())
        await respond(send, *shown(await call_of(auth, operation)(scope, *args, **options)))

    return RwtMiddleware(app, auth, not_required=[f"/{operation}" for operation in OPERATIONS])


def fastapi_app():
    from fastapi import Depends, FastAPI, Request, Response
    from fastapi.responses import JSONResponse

    from redis_web_token import AsyncRwt, Session
    from redis_web_token.fastapi import RwtAuth

    auth = RwtAuth(lambda: AsyncRwt(**service_options), **auth_options)
    app = FastAPI()
    auth.install(app)

    @app.api_route("/{operation}", methods=["GET", "POST"])
    async def route(operation: str, request: Request, response: Response):
        if operation not in OPERATIONS:
            session = await auth(request, response)
            return session and session.data
        args, options = arguments_of(operation, request.url.query)
        body, headers = shown(await call_of(auth, operation)(request, *args, **options))
        return JSONResponse(body, headers=headers)

    @app.api_route("/private/me", methods=["GET", "POST"])
    async def me(session: Session | None = Depends(auth)):
        return session and session.data

    return app


def django_app():
    import types

    import django.conf
    import django.core.wsgi
    from django.http import JsonResponse
    from django.urls import re_path

    from redis_web_token import Rwt
    from redis_web_token.django import DjangoAuth

    auth = DjangoAuth(Rwt(**service_options), **auth_options)

    def me(request):
        session = auth.session(request)
        return JsonResponse(session and session.data, safe=False)

    @auth.not_required
    def route(request, operation):
        args, options = arguments_of(operation, request.META["QUERY_STRING"])
        body, headers = shown(call_of(auth, operation)(request, *args, **options))
        return JsonResponse(body, headers=headers)

    shop = types.ModuleType("shop")
    shop.middleware = auth.middleware
    shop.urlpatterns = [
        re_path(f"^({'|'.join(OPERATIONS)})$", route),
        re_path("^private/", auth.required(me)),
        re_path("", me),
    ]
    sys.modules["shop"] = shop
    django.conf.settings.configure(
        ALLOWED_HOSTS=["*"], MIDDLEWARE=["shop.middleware"], ROOT_URLCONF="shop", SECRET_KEY="of the tests"
    )
    return django.core.wsgi.get_wsgi_application()


def serve_asgi(app):
    import uvicorn

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(app, log_level="error", ws="none", server_header=False, date_header=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


def serve_wsgi(app):
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_):
            pass

    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    print(server.server_port, flush=True)
    server.serve_forever()


if framework == "django":
    serve_wsgi(django_app())
else:
    serve_asgi(asgi_app() if framework == "asgi" else fastapi_app())
