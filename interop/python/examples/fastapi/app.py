import os

from fastapi import Depends, FastAPI, Request, WebSocket
from fastapi.responses import RedirectResponse

from redis_web_token import AsyncRwt, Session
from redis_web_token.fastapi import RwtAuth

rwt = AsyncRwt(redis=os.environ.get("REDIS_URL", "redis://localhost:6379"), secret=os.environ.get("RWT_SECRET"))
auth = RwtAuth(rwt, carriers=["bearer", "cookie"])
app = FastAPI()
auth.install(app)  # answers refused requests


@app.post("/login")
async def login(request: Request):
    user = {"id": "42", "name": "Ada"}  # after you have checked the password
    meta = {"device": request.headers.get("user-agent", "")}
    signed_in = await auth.sign_in(request, user, subject=user["id"], meta=meta)
    return signed_in.add_to(RedirectResponse("/private", 303))


@app.get("/private")
async def private(session: Session = Depends(auth)):
    return {"name": session.data["name"]}


@app.get("/devices", dependencies=[Depends(auth)])
async def devices(request: Request):
    page = await auth.list_sessions(request)
    return [{"device": each.meta, "current": each.current} for each in page.sessions]


@app.post("/logout")
async def logout(request: Request):
    signed_out = await auth.sign_out(request)
    return signed_out.add_to(RedirectResponse("/", 303))


@app.post("/logout-everywhere")
async def logout_everywhere(request: Request):
    signed_out = await auth.sign_out_everywhere(request)
    return signed_out.add_to(RedirectResponse("/", 303))


@app.websocket("/chat")
async def chat(websocket: WebSocket, session: Session = Depends(auth)):
    await websocket.accept()
    await websocket.send_text(f"Hello {session.data['name']}")
