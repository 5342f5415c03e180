"""`AsyncRwt` in several event loops: `asyncio.run` for each job, or Django's `async_to_sync`, which makes one for each call."""

import asyncio
import threading

from conftest import SECRET
from redis_web_token import AsyncRwt


def connections_of(admin):
    return len(admin.client_list(_type="normal"))


def test_event_loops_that_have_ended_leave_no_connections(url, admin):
    before = connections_of(admin)
    service = AsyncRwt(redis=url, secret=SECRET)
    token = asyncio.run(service.sign("mine"))
    for _ in range(30):
        assert asyncio.run(service.verify(token)).data == "mine"
    assert connections_of(admin) <= before


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
