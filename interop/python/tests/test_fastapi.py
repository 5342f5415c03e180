import pytest
from fastapi import Depends, FastAPI, Request, Response, WebSocket
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from conftest import SECRET
from redis_web_token import AsyncRwt, OptionRangeError, Session
from redis_web_token.fastapi import RwtAuth


@pytest.fixture
def client(url, admin):
    cookie = {"name": "rwt", "secure": False}
    auth = RwtAuth(lambda: AsyncRwt(redis=url, secret=SECRET), carriers=["bearer", "cookie"], cookie=cookie)
    app = FastAPI()
    auth.install(app)

    @app.post("/sign-in")
    async def sign_in(request: Request, response: Response):
        response.set_cookie("language", "de")
        signed_in = await auth.sign_in(request, {"name": "Ada"}, subject="42")
        signed_in.add_to(response)
        return {}

    @app.post("/sign-out")
    async def sign_out(request: Request, response: Response):
        signed_out = await auth.sign_out(request)
        signed_out.add_to(response)
        return {"ended": signed_out.ended}

    @app.get("/me")
    async def me(session: Session = Depends(auth)):
        return session.data

    @app.post("/confirm")
    async def confirm(request: Request, response: Response):
        (await auth.reauthenticate(request, {"amr": ["pwd"]})).add_to(response)
        return {}

    @app.post("/delete")
    async def delete(session: Session = Depends(auth.requires(max_age=300, amr=["pwd"]))):
        return session.data

    @app.websocket("/chat")
    async def chat(websocket: WebSocket, session: Session = Depends(auth)):
        await websocket.accept()
        await websocket.send_json(session.data)

    with TestClient(app) as client:
        yield client


def test_a_browser_signs_in_comes_back_and_signs_out(client):
    assert client.get("/me").status_code == 401
    assert {*client.post("/sign-in").cookies} == {"rwt", "language"}
    answer = client.get("/me")
    assert (answer.json(), answer.headers["cache-control"]) == ({"name": "Ada"}, "no-store")
    assert client.post("/sign-out").json() == {"ended": True}
    answer = client.get("/me")
    assert (answer.status_code, answer.text) == (401, "Unauthorized")
    assert answer.headers["www-authenticate"] == 'Bearer realm="api"'


def test_a_route_may_require_a_step_up(client):
    client.post("/sign-in")
    refused = client.post("/delete")
    assert (refused.status_code, refused.text) == (401, "Authenticate again by pwd")
    assert 'error="insufficient_user_authentication"' in refused.headers["www-authenticate"]
    client.post("/confirm")
    answer = client.post("/delete")
    assert (answer.json(), answer.headers["cache-control"]) == ({"name": "Ada"}, "no-store")
    with pytest.raises(OptionRangeError):
        RwtAuth(lambda: None).requires()


def test_a_websocket_needs_a_session_too(client):
    with pytest.raises(WebSocketDisconnect) as raised:
        with client.websocket_connect("/chat"):
            pass
    assert raised.value.code == 1008
    client.post("/sign-in")
    with client.websocket_connect("/chat") as chat:
        assert chat.receive_json() == {"name": "Ada"}
    with pytest.raises(WebSocketDisconnect):
        with client.websocket_connect("/chat", headers={"Origin": "https://evil.example"}):
            pass
