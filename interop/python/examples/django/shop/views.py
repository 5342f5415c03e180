from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST
from shop.auth import auth


@auth.not_required
@require_POST
def login(request: HttpRequest) -> HttpResponse:
    user = {"id": "42", "name": "Ada"}  # after you have checked the password
    meta = {"device": request.headers.get("User-Agent", "")}
    signed_in = auth.sign_in(request, user, subject=user["id"], meta=meta)
    return signed_in.add_to(HttpResponse(status=303, headers={"Location": "/private"}))


def private(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"name": auth.session(request).data["name"]})


def devices(request: HttpRequest) -> HttpResponse:
    page = auth.list_sessions(request)
    return JsonResponse([{"device": each.meta, "current": each.current} for each in page.sessions], safe=False)


@auth.not_required
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    signed_out = auth.sign_out(request)
    return signed_out.add_to(HttpResponse(status=303, headers={"Location": "/"}))


@require_POST
def logout_everywhere(request: HttpRequest) -> HttpResponse:
    signed_out = auth.sign_out_everywhere(request)
    return signed_out.add_to(HttpResponse(status=303, headers={"Location": "/"}))
