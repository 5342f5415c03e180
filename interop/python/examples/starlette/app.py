import os

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from redis_web_token import AsyncRwt
from redis_web_token.asgi import AsgiAuth, RwtMiddleware

rwt = AsyncRwt(redis=os.environ.get("REDIS_URL", "redis://localhost:6379"), secret=os.environ.get("RWT_SECRET"))
auth = AsgiAuth(rwt, carriers=["bearer", "cookie"])


async def login(request):
    user = {"id": "42", "name": "Ada"}  # after you have checked the password
    signed_in = await auth.sign_in(request, user, subject=user["id"])
    return signed_in.add_to(RedirectResponse("/private", 303))


async def private(request):
    return JSONResponse({"name": request.state.session.data["name"]})


async def logout(request):
    signed_out = await auth.sign_out(request)
    return signed_out.add_to(RedirectResponse("/", 303))


app = Starlette(
    routes=[
        Route("/login", login, methods=["POST"]),
        Route("/private", private),
        Route("/logout", logout, methods=["POST"]),
    ],
    middleware=[Middleware(RwtMiddleware, auth=auth, not_required=["/login", "/logout"])],
)
