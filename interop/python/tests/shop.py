"""For the tests in TypeScript: a small FastAPI app, as the README shows it.

REDIS_URL and RWT_SECRET say where the sessions are, PORT where to listen.
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "src"))

import uvicorn
from fastapi import Depends, FastAPI, Request, Response

from redis_web_token import AsyncRwt, Session
from redis_web_token.fastapi import RwtAuth

app = FastAPI()
rwt = AsyncRwt(redis=os.environ["REDIS_URL"], secret=os.environ["RWT_SECRET"])
auth = RwtAuth(rwt, carriers=["bearer", "cookie"])
auth.install(app)


@app.post("/sign-in")
async def sign_in(request: Request, response: Response):
    signed_in = await auth.sign_in(request, {"name": "Grace"}, subject="grace")
    signed_in.add_to(response)


@app.get("/me")
async def me(session: Session = Depends(auth)):
    return {"subject": session.subject, "name": session.data["name"]}


@app.post("/rename")
async def rename(session: Session = Depends(auth)):
    """Changes the name in all sessions of the user."""
    return await rwt.update_all(session.subject, {**session.data, "name": "Ada King"})


@app.post("/sign-out")
async def sign_out(request: Request, response: Response):
    signed_out = await auth.sign_out(request)
    signed_out.add_to(response)


@app.post("/sign-out-everywhere")
async def sign_out_everywhere(request: Request, response: Response):
    signed_out = await auth.sign_out_everywhere(request)
    signed_out.add_to(response)


uvicorn.run(app, port=int(os.environ["PORT"]), log_level="error")
