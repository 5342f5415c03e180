import asyncio

import django
import pytest
from asgiref.sync import markcoroutinefunction
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.decorators import method_decorator
from django.views import View

from conftest import SECRET
from redis_web_token import AsyncRwt, MiddlewareMissingError, OptionRangeError, OptionTypeError, Rwt
from redis_web_token.django import DjangoAuth

if not settings.configured:
    settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="of the tests")
    django.setup()
requests = RequestFactory()


@pytest.fixture
def auth(url, admin):
    return DjangoAuth(Rwt(redis=url, secret=SECRET), carriers=["cookie"])


def get(token=None):
    return requests.get("/", **({"HTTP_COOKIE": f"__Host-rwt={token}"} if token else {}))


def through(auth, view, request):
    """What Django's handler does around a view."""
    middleware = auth.middleware(lambda request: middleware.process_view(request, view, [], {}) or view(request))
    return middleware(request)


def test_required_guards_a_view(auth, rwt):
    @auth.required
    def view(request):
        return HttpResponse(auth.session(request).data)

    assert view(get()).status_code == 401
    answer = view(get(rwt.sign("Ada")))
    assert (answer.content, answer["Cache-Control"]) == (b"Ada", "no-store")


def test_required_guards_async_views_and_classes(auth, rwt):
    @auth.required
    async def view(request):
        return HttpResponse(auth.session(request).data)

    assert asyncio.run(view(get())).status_code == 401
    assert asyncio.run(view(get(rwt.sign("Ada")))).content == b"Ada"

    def as_view(request):
        return shown(request)

    async def shown(request):
        return HttpResponse(auth.session(request).data)

    # As Django 4.1 and later mark `as_view()` of a class whose methods are async.
    marked = auth.required(markcoroutinefunction(as_view))
    assert asyncio.run(marked(get())).status_code == 401
    assert asyncio.run(marked(get(rwt.sign("Ada")))).content == b"Ada"

    @method_decorator(auth.required, name="dispatch")
    class Page(View):
        def get(self, request):
            return HttpResponse(auth.session(request).data)

    assert Page.as_view()(get()).status_code == 401
    assert Page.as_view()(get(rwt.sign("Ada"))).content == b"Ada"


@pytest.mark.parametrize("name", ["dispatch", "get"])
def test_required_guards_the_methods_of_async_classes(auth, rwt, name):
    @method_decorator(auth.required, name=name)
    class Page(View):
        view_is_async = True  # As Django 4.1 and later find out.

        async def get(self, request):
            return HttpResponse(auth.session(request).data)

    assert asyncio.run(Page.as_view()(get())).status_code == 401
    answer = asyncio.run(Page.as_view()(get(rwt.sign("Ada"))))
    assert (answer.content, answer["Cache-Control"]) == (b"Ada", "no-store")


def test_the_middleware_guards_every_view_but_those_that_are_marked(auth, rwt):
    def view(request):
        return HttpResponse(auth.session(request).data)

    @auth.not_required
    def open_view(request):
        return HttpResponse("open")

    assert through(auth, view, get()).status_code == 401
    answer = through(auth, view, get(rwt.sign("Ada")))
    assert (answer.content, answer["Cache-Control"]) == (b"Ada", "no-store")
    answer = through(auth, open_view, get())
    assert (answer.content, answer.has_header("Cache-Control")) == (b"open", False)


def test_requires_asks_for_a_step_up(auth, rwt, admin):
    @auth.requires(max_age=300, amr=["otp"])
    def view(request):
        return HttpResponse(auth.session(request).data)

    token = rwt.sign("Ada", auth={"amr": ["pwd"]})
    strong = rwt.sign("Ada", auth={"amr": ["pwd", "otp"]})
    for answer in (view(get(token)), through(auth, view, get(token))):
        assert (answer.status_code, answer.content) == (401, b"Authenticate again by otp")
    for answer in (view(get(strong)), through(auth, view, get(strong))):
        assert (answer.content, answer["Cache-Control"]) == (b"Ada", "no-store")
    assert view(get()).status_code == 401
    request = get(token)
    auth.reauthenticate(request, {"amr": ["otp"]})
    assert (view(request).content, rwt.verify(token)) == (b"Ada", None)
    with pytest.raises(OptionRangeError):
        auth.requires()


def test_after_the_middleware_required_asks_redis_no_second_time(auth, rwt, admin):
    view = auth.required(lambda request: HttpResponse(auth.session(request).data))
    token = rwt.sign("Ada")
    admin.config_resetstat()
    assert through(auth, view, get(token)).content == b"Ada"
    assert admin.info("commandstats")["cmdstat_get"]["calls"] == 1


def test_required_checks_again_after_a_sign_in_or_sign_out_in_the_same_request(auth, rwt):
    guarded = auth.requires(amr=["otp"])(lambda request: HttpResponse(auth.session(request).data))

    def view(request):
        call(request)
        return guarded(request)

    strong = rwt.sign("Ada", auth={"amr": ["otp"]})
    call = auth.sign_out
    assert through(auth, view, get(strong)).status_code == 401
    call = lambda request: auth.sign_in(request, "Grace", auth={"amr": ["otp"]})  # noqa: E731
    assert through(auth, view, get(rwt.sign("Ada"))).content == b"Grace"
    call = lambda request: auth.reauthenticate(request, {"amr": ["otp"]})  # noqa: E731
    assert through(auth, view, get(rwt.sign("Ada"))).content == b"Ada"


def test_the_sessions_of_two_kinds_of_users_are_never_taken_for_each_other(auth, rwt):
    admins = DjangoAuth(rwt, carriers=["bearer"])

    def unguarded(request):
        return HttpResponse(admins.session(request).data)

    @admins.required
    def guarded(request):
        return HttpResponse(f"{auth.session(request).data} {admins.session(request).data}")

    with pytest.raises(MiddlewareMissingError):
        through(auth, unguarded, get(rwt.sign("Ada")))
    cookie, bearer = f"__Host-rwt={rwt.sign('Ada')}", f"Bearer {rwt.sign('Admin')}"
    request = requests.get("/", HTTP_COOKIE=cookie, HTTP_AUTHORIZATION=bearer)
    assert through(auth, guarded, request).content == b"Ada Admin"


def test_session_says_what_is_missing(auth):
    with pytest.raises(MiddlewareMissingError, match="auth.session needs auth.middleware or auth.required before it"):
        auth.session(get())


def test_sign_in_and_sign_out_give_a_responses_headers(auth):
    signed_in = auth.sign_in(requests.post("/"), {"name": "Ada"}, subject="42", persistent=False)
    response = HttpResponse(headers=signed_in.headers)
    assert response["Set-Cookie"] == f"__Host-rwt={signed_in.token}; Path=/; HttpOnly; Secure; SameSite=Lax"
    assert auth.authenticate(get(signed_in.token)).meta == {"persistent": False}
    assert auth.sign_out(get(signed_in.token)).ended is True


@pytest.mark.parametrize("cookie", [{}, {"partitioned": True}])
def test_a_response_gets_the_cookie_beside_those_of_others(url, admin, cookie):
    auth = DjangoAuth(Rwt(redis=url, secret=SECRET), carriers=["cookie"], cookie=cookie)
    response = HttpResponse()
    response.set_cookie("language", "de")
    auth.sign_out(get()).add_to(response)
    signed_in = auth.sign_in(requests.post("/"), 1)
    assert signed_in.add_to(response) is response
    sent = [*response.items(), *(("Set-Cookie", each.output(header="").strip()) for each in response.cookies.values())]
    cookies = [set(value.split("; ")) for name, value in sent if name == "Set-Cookie"]
    assert set(signed_in.headers["Set-Cookie"].split("; ")) in cookies
    assert (len(cookies), response["Cache-Control"]) == (2, "no-store")


def test_later_calls_of_a_request_use_its_newest_token(auth, rwt):
    request = get(rwt.sign(1, subject="42"))
    auth.rotate_session(request, retry=False)
    assert auth.authenticate(request).data == 1
    assert auth.sign_out_everywhere(request).ended is True
    assert auth.sign_out(request).ended is False


def test_a_service_for_asyncio_is_refused(url):
    with pytest.raises(OptionTypeError, match=r"rwt must be Rwt\(…\), or a function that makes it, not object"):
        DjangoAuth(AsyncRwt(redis=url, secret=SECRET))
