"""`AsyncRwt` in several event loops: `asyncio.run` for each job, or Django's `async_to_sync`, which makes one for each call."""

import asyncio
import contextlib
import gc
import threading

import pytest
import redis.asyncio

from conftest import SECRET, await_connections, connections_of
from redis_web_token import AsyncRwt, StoreUnavailableError


def test_event_loops_that_have_ended_leave_no_connections(url, admin):
    before = connections_of(admin)
    service = AsyncRwt(redis=url, secret=SECRET)
    token = asyncio.run(service.sign("mine"))
    for _ in range(30):
        assert asyncio.run(service.verify(token)).data == "mine"
    await_connections(admin, before)


def test_event_loops_in_threads_keep_their_connections(url, admin):
    service = AsyncRwt(redis=url, secret=SECRET)
    token = asyncio.run(service.sign("mine"))
    together = threading.Barrier(4)
    found = []

    async def work():
        for _ in range(20):
            together.wait()
            found.append((await service.verify(token)).data)
        await service.disconnect()

    threads = [threading.Thread(target=asyncio.run, args=[work()]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["mine"] * 80


def test_event_loops_that_are_closed_without_their_end_keep_no_connections(url, admin):
    before = connections_of(admin)
    service = AsyncRwt(redis=url, secret=SECRET)
    for _ in range(10):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(service.connect())
        loop.close()
    del loop
    asyncio.run(service.connect())
    gc.collect()
    await_connections(admin, before)


def test_a_disconnect_that_is_cancelled_leaves_no_connection(url, admin):
    before = connections_of(admin)

    async def main():
        service = AsyncRwt(redis=url, secret=SECRET)
        await service.connect()
        admin.execute_command("CLIENT", "PAUSE", "60000", "WRITE")
        call = asyncio.ensure_future(service.sign("mine"))
        await asyncio.sleep(0)
        end = asyncio.ensure_future(service.disconnect())
        await asyncio.sleep(0)
        end.cancel()
        await asyncio.wait([end])
        admin.execute_command("CLIENT", "UNPAUSE")
        return await asyncio.gather(call, end, return_exceptions=True)

    done, ended = asyncio.run(main())
    assert isinstance(done, str)
    assert isinstance(ended, asyncio.CancelledError)
    await_connections(admin, before)


def test_a_call_that_never_ends_doesnt_keep_a_disconnect_waiting(url, admin, monkeypatch):
    async def stuck(*_, **__):
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await ended.wait()
                return "OK"

    async def main():
        service = AsyncRwt(redis=url, secret=SECRET, timeout=100)
        monkeypatch.setattr(redis.asyncio.Redis, "execute_command", stuck)
        with pytest.raises(StoreUnavailableError):
            await service.connect()
        await asyncio.wait_for(service.disconnect(), 2)
        ended.set()

    ended = asyncio.Event()
    asyncio.run(main())
