"""What a request's check costs: one command, and none for what is refused without asking Redis."""

import asyncio

import pytest

from conftest import SECRET
from redis_web_token import AsyncRwt
from redis_web_token.asgi import AsgiAuth
from redis_web_token.request import RequestRefusedError

OWN = {"config|resetstat", "info"}


@pytest.mark.parametrize(
    ("method", "headers", "commands"),
    [
        ("GET", {"authorization": "Bearer LIVE"}, {"get": 1}),
        ("POST", {"cookie": "__Host-rwt=LIVE", "origin": "https://shop.example"}, {"get": 1}),
        ("POST", {"cookie": "__Host-rwt=LIVE", "origin": "https://evil.example"}, {}),
        ("GET", {"authorization": "Bearer FORGED"}, {}),
        ("GET", {"cookie": "__Host-rwt=FORGED"}, {}),
        ("GET", {}, {}),
    ],
)
def test_commands_of_a_check(url, rwt, admin, method, headers, commands):
    live = rwt.sign(1)
    forged = live[:-1] + ("A" if live[-1] != "A" else "B")
    fields = {"host": "shop.example", **headers}
    raw = [(name.encode(), value.replace("LIVE", live).replace("FORGED", forged).encode()) for name, value in fields.items()]
    scope = {"type": "http", "method": method, "path": "/", "headers": raw}

    async def check():
        async with AsyncRwt(redis=url, secret=SECRET) as service:
            await service.connect()
            admin.config_resetstat()
            try:
                await AsgiAuth(service, carriers=["bearer", "cookie"]).authenticate(scope)
            except RequestRefusedError:
                assert commands == {}
            stats = admin.info("commandstats")
            return {name[8:]: each["calls"] for name, each in stats.items() if name[8:] not in OWN}

    assert asyncio.run(check()) == commands
