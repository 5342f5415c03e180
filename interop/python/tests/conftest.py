"""Tests over the real Redis that REDIS_URL names, and that they empty. `npm test` of the whole project starts one for them."""

import asyncio
import os
import time

import pytest
import redis

from redis_web_token import AsyncRwt, Rwt

SECRET = "a secret that all languages share, 32 bytes or more"


@pytest.fixture
def url():
    url = os.environ.get("REDIS_URL")
    assert url, "REDIS_URL must name a Redis for the tests: redis://127.0.0.1:port"
    return url


@pytest.fixture
def admin(url):
    with redis.Redis.from_url(url, decode_responses=True, socket_timeout=5) as client:
        client.flushall()
        yield client
        client.execute_command("CLIENT", "UNPAUSE")


@pytest.fixture
def rwt(url, admin):
    with Rwt(redis=url, secret=SECRET) as service:
        yield service


def end_grace(admin):
    """Puts the ends of a rotation's grace and of its retries into the past."""
    [key] = admin.keys("*:s:*")
    admin.setrange(key, 33, "0000000005")
    admin.setrange(key, 44, "0000000005")


def connections_of(admin):
    return len(admin.client_list(_type="normal"))


def await_connections(admin, most):
    """Waits until Redis has no more connections than that. It notices a little later that a client has closed one."""
    end = time.monotonic() + 5
    while connections_of(admin) > most:
        assert time.monotonic() < end, "more connections than expected stay open"
        time.sleep(0.01)


def run_async(url, work, **options):
    """Runs an async function with a service of its own event loop."""

    async def main():
        async with AsyncRwt(redis=url, secret=SECRET, **options) as service:
            return await work(service)

    return asyncio.run(main())
