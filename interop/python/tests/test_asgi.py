import asyncio

import pytest

from conftest import SECRET
from redis_web_token import AsyncRwt, OptionRangeError, OptionTypeError, Rwt, SessionLimitError
from redis_web_token.asgi import AsgiAuth, RwtMiddleware
from redis_web_token.request import RequestRefusedError


def ask(app, headers=(), kind="http", **more):
    """What an ASGI app sends for one request."""
    sent = []
    fields = [(name.lower().encode(), value.encode()) for name, value in dict(headers).items()]
    scope = {"type": kind, "method": "GET", "path": "/", "headers": fields, **more}

    async def receive():
        return {"type": f"{kind}.connect"}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent, scope


async def ok(scope, receive, send):
    headers = scope.get("test.headers", [])
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def accept(scope, receive, send):
    await send({"type": "websocket.accept"})


@pytest.fixture
def auth(url):
    return AsgiAuth(AsyncRwt(redis=url, secret=SECRET), carriers=["bearer", "cookie"])


def test_the_session_is_in_the_state_and_responses_are_not_stored(auth, rwt):
    headers = {"Authorization": f"Bearer {rwt.sign(1)}"}
    [start, _], scope = ask(RwtMiddleware(ok, auth), headers)
    assert scope["state"]["session"].data == 1
    assert start["headers"] == [(b"cache-control", b"no-store")]
    own = [(b"Cache-Control", b"private")]
    [start, _], _ = ask(RwtMiddleware(ok, auth), headers, **{"test.headers": own})
    assert start["headers"] == own


def test_other_events_than_requests_pass(auth):
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    ask(RwtMiddleware(app, auth), kind="lifespan")
    assert seen == ["lifespan"]


def test_a_refused_websocket_is_closed_or_answered(auth, rwt):
    app = RwtMiddleware(accept, auth)
    sent, _ = ask(app, kind="websocket")
    assert sent == [{"type": "websocket.close", "code": 1008}]
    [start, body], _ = ask(app, kind="websocket", extensions={"websocket.http.response": {}})
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 401)
    assert (body["type"], body["body"]) == ("websocket.http.response.body", b"Unauthorized")


def test_a_websocket_that_is_refused_once_it_is_open_is_closed(auth, rwt):
    async def app(scope, receive, send):
        await send({"type": "websocket.accept"})
        await auth.authenticate(scope, require={"amr": ["otp"]})

    async def closing(scope, receive, send):
        await send({"type": "websocket.close"})
        await auth.authenticate(scope, require={"amr": ["otp"]})

    headers = {"Authorization": f"Bearer {rwt.sign(1)}"}
    sent, _ = ask(RwtMiddleware(app, auth), headers, kind="websocket")
    assert sent == [{"type": "websocket.accept"}, {"type": "websocket.close", "code": 1008}]
    with pytest.raises(RequestRefusedError):
        ask(RwtMiddleware(closing, auth), headers, kind="websocket")


def test_another_sites_page_opens_no_websocket(auth, rwt):
    cookie = {"Cookie": f"__Host-rwt={rwt.sign(1)}", "Host": "a.example"}
    app = RwtMiddleware(accept, auth)
    for origin, kind in (("https://a.example", "websocket.accept"), ("https://b.example", "websocket.close")):
        [message], _ = ask(app, {**cookie, "Origin": origin}, kind="websocket")
        assert message["type"] == kind


def test_what_a_route_refuses_is_answered_unless_the_answer_has_begun(auth, rwt):
    async def app(scope, receive, send):
        if scope["path"] == "/late":
            await send({"type": "http.response.start", "status": 200, "headers": []})
        await auth.end_other_sessions(scope)

    app = RwtMiddleware(app, auth, not_required=["/", "/late"])
    [start, _], _ = ask(app)
    assert start["status"] == 401
    with pytest.raises(RequestRefusedError):
        ask(app, path="/late")


def test_a_dead_cookie_can_be_dropped_by_pages(auth, rwt):
    def refused(headers):
        scope = {"type": "http", "path": "/", "headers": headers, "method": "GET"}
        with pytest.raises(RequestRefusedError) as raised:
            asyncio.run(auth.authenticate(scope))
        return raised.value

    token = rwt.sign(1)
    rwt.destroy(token)
    dropped = refused([(b"cookie", f"__Host-rwt={token}".encode())])
    assert dropped.drop_cookie == "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax"
    assert refused([(b"authorization", f"Bearer {token}".encode())]).drop_cookie is None
    assert refused([]).drop_cookie is None


def test_a_sign_in_that_cant_end_the_sessions_before_leaves_no_new_one(auth, rwt, admin, url):
    old = rwt.sign(1)
    [key] = admin.keys("*")
    admin.delete(key)
    admin.hset(key, "not", "a session")
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"authorization", f"Bearer {old}".encode())]}
    with pytest.raises(RequestRefusedError) as raised:
        asyncio.run(auth.sign_in(scope, 2))
    assert raised.value.status == 503
    assert admin.keys("*") == [key]


def test_the_session_that_a_sign_in_replaces_doesnt_count_against_the_limit(rwt, url):
    limited = AsyncRwt(redis=url, secret=SECRET, max_sessions=1, on_limit="reject")
    auth = AsgiAuth(limited, carriers=["cookie"])
    old = rwt.sign(1, subject="42")

    def sign_in(*headers):
        scope = {"type": "http", "method": "POST", "path": "/", "headers": list(headers)}
        return asyncio.run(auth.sign_in(scope, 2, subject="42"))

    with pytest.raises(SessionLimitError):
        sign_in()
    signed_in = sign_in((b"cookie", f"__Host-rwt={old}".encode()))
    assert (rwt.verify(old), rwt.verify(signed_in.token).data) == (None, 2)


def test_later_calls_of_a_request_use_its_newest_token(auth, rwt):
    async def main():
        old = rwt.sign(1, subject="42")
        headers = [(b"authorization", f"Bearer {old}".encode())]
        scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
        rotated = await auth.rotate_session(scope, retry=False)
        assert (await auth.authenticate(scope)).data == 1
        await auth.sign_in(scope, 2, subject="42")
        [session] = (await auth.list_sessions(scope)).sessions
        assert session.current
        assert rwt.verify(rotated.token) is None
        await auth.sign_out(scope)
        with pytest.raises(RequestRefusedError):
            await auth.authenticate(scope)

    asyncio.run(main())


def test_the_service_may_be_made_at_the_first_request(url):
    made = []

    def make():
        made.append(AsyncRwt(redis=url, secret=SECRET))
        return made[-1]

    auth = AsgiAuth(make)
    assert made == []
    for _ in range(2):
        ask(RwtMiddleware(ok, auth))
    assert len(made) == 1


def test_options_that_are_not_known_are_refused(url):
    with pytest.raises(OptionTypeError, match="unknown option from_ in auth's options"):
        AsgiAuth(AsyncRwt(redis=url, secret=SECRET), from_=["cookie"])
    with pytest.raises(OptionTypeError, match="rwt must be AsyncRwt"):
        AsgiAuth(None)
    with pytest.raises(OptionTypeError, match="unknown option persist in sign_in's options"):
        AsgiAuth(AsyncRwt(redis=url, secret=SECRET)).sign_in({}, 1, persist=True)


def test_a_lifetime_that_is_a_float_is_a_max_age_that_browsers_read(auth):
    async def sign_in():
        request = {"type": "http", "method": "POST", "path": "/", "headers": []}
        return await auth.sign_in(request, 1, max_lifetime=60.0, expire=60.0)

    assert "; Max-Age=60; " in asyncio.run(sign_in()).headers["Set-Cookie"]


@pytest.mark.parametrize("request_", [None, "/", {}, object()])
def test_what_is_no_request_is_refused(auth, request_):
    with pytest.raises(OptionTypeError, match="request must be an ASGI scope, or a request that has one"):
        asyncio.run(auth.authenticate(request_))


def test_a_service_of_the_other_kind_is_refused_before_it_signs_anything(url, admin):
    blocking = Rwt(redis=url, secret=SECRET)
    with pytest.raises(OptionTypeError, match=r"rwt must be AsyncRwt\(…\), or a function that makes it, not object"):
        AsgiAuth(blocking)

    for make in (lambda: blocking, lambda: None):
        with pytest.raises(OptionTypeError, match=r"rwt must be a function that returns AsyncRwt\(…\)"):
            asyncio.run(AsgiAuth(make).sign_in({"type": "http", "path": "/", "headers": []}, 1))
    assert admin.keys() == []


def test_a_sign_out_ends_every_session_that_can_be_ended(auth, rwt, admin):
    spoiled = rwt.sign(1)
    [key] = admin.keys()
    live = rwt.sign(2)
    admin.delete(key)
    admin.lpush(key, "something else")
    headers = [(b"cookie", f"__Host-rwt={spoiled}; __Host-rwt={live}".encode())]
    with pytest.raises(RequestRefusedError) as raised:
        asyncio.run(auth.sign_out({"type": "http", "method": "POST", "path": "/", "headers": headers}))
    assert raised.value.status == 503
    assert rwt.verify(live) is None


@pytest.mark.parametrize("origin", ["https://faß.de", "https://ς.gr", "https://a\u200db.org", "https://a.256", "https://1.2.3"])
def test_an_origin_is_refused_where_browsers_may_mean_another_site(auth, origin):
    with pytest.raises(OptionRangeError, match="csrf.origins must be origins"):
        AsgiAuth(auth.rwt, carriers=["cookie"], csrf={"origins": [origin]})


def test_an_origin_may_be_an_international_name(auth, rwt):
    origins = ["https://Rückruf.example", "https://xn--fa-hia.de"]
    allowing = AsgiAuth(auth.rwt, carriers=["cookie"], csrf={"origins": origins})
    headers = {"Cookie": f"__Host-rwt={rwt.sign(1)}", "Host": "a.org"}
    for origin, status in (("xn--rckruf-3ya.example", 200), ("xn--fa-hia.de", 200), ("fass.de", 403)):
        page = {"Origin": f"https://{origin}"}
        [start, _], _ = ask(RwtMiddleware(ok, allowing), headers | page, method="POST")
        assert start["status"] == status
