"""Calls that are interrupted, by a signal's handler or by asyncio: their late reply never answers another call."""

import asyncio
import contextlib
import gc

import pytest
import redis
import redis.asyncio
from redis.connection import parse_url

from conftest import SECRET, await_connections, connections_of
from redis_web_token import AsyncRwt, Rwt, StoreUnavailableError


class Alarm(BaseException):
    """What a signal's handler raises."""


class SoftAlarm(Exception):
    pass


@pytest.mark.parametrize("raised", [Alarm, SoftAlarm, TimeoutError])
@pytest.mark.parametrize("made", ["url", "client", "pool", "connection"])
def test_an_interrupted_call_never_leaves_its_reply_to_the_next(url, admin, monkeypatch, made, raised):
    clients = {
        "client": lambda: redis.Redis.from_url(url, socket_timeout=2),
        "pool": lambda: redis.Redis(connection_pool=redis.BlockingConnectionPool.from_url(url, socket_timeout=2)),
        "connection": lambda: redis.Redis(**parse_url(url), socket_timeout=2, single_connection_client=True),
    }
    rwt = Rwt(redis=url if made == "url" else clients[made](), secret=SECRET)
    theirs, own = rwt.sign("theirs", subject="1"), rwt.sign("own", subject="2")
    parse, alarms = redis.Redis.parse_response, [raised]
    admin.execute_command("CLIENT", "PAUSE", "100", "ALL")

    def interrupted(self, *args, **options):
        # After the command was sent, and before its reply was read.
        if alarms:
            raise alarms.pop()
        return parse(self, *args, **options)

    monkeypatch.setattr(redis.Redis, "parse_response", interrupted)
    # A TimeoutError counts as Redis's: redis-py may retry after it.
    with contextlib.suppress(StoreUnavailableError) if raised is TimeoutError else pytest.raises(raised):
        rwt.verify(theirs)
    assert rwt.verify(own).data == "own"
    rwt.disconnect()


def test_calls_that_are_interrupted_before_they_send_leave_no_connections(rwt, admin, monkeypatch):
    get, alarms = redis.ConnectionPool.get_connection, []

    def interrupted(self, *args, **options):
        # After the pool has noted that the connection is in use.
        connection = get(self, *args, **options)
        if alarms:
            raise alarms.pop()
        return connection

    token = rwt.sign("own")
    monkeypatch.setattr(redis.ConnectionPool, "get_connection", interrupted)
    before = connections_of(admin)
    for _ in range(5):
        alarms.append(SoftAlarm)
        with pytest.raises(SoftAlarm):
            rwt.verify(token)
        assert rwt.verify(token).data == "own"
    gc.collect()
    await_connections(admin, before)


@pytest.mark.parametrize("raised", [Alarm, SoftAlarm, TimeoutError])
@pytest.mark.parametrize("made", ["url", "client", "pool", "connection"])
def test_on_asyncio_too_an_interrupted_call_gets_its_exception_and_leaves_no_reply(url, admin, monkeypatch, made, raised):
    module = redis.asyncio
    clients = {
        "client": lambda: module.Redis.from_url(url, socket_timeout=2),
        "pool": lambda: module.Redis(connection_pool=module.BlockingConnectionPool.from_url(url, socket_timeout=2)),
        "connection": lambda: module.Redis(**parse_url(url), socket_timeout=2, single_connection_client=True),
    }
    parse, alarms = module.Redis.parse_response, []

    async def interrupted(self, *args, **options):
        if alarms:
            raise alarms.pop()
        return await parse(self, *args, **options)

    async def main():
        client = None if made == "url" else clients[made]()
        rwt = AsyncRwt(redis=client or url, secret=SECRET)
        theirs, own = await rwt.sign("theirs", subject="1"), await rwt.sign("own", subject="2")
        admin.execute_command("CLIENT", "PAUSE", "100", "ALL")
        alarms.append(raised)
        with contextlib.suppress(StoreUnavailableError) if raised is TimeoutError else pytest.raises(raised):
            await asyncio.wait_for(rwt.verify(theirs), 1)
        assert (await rwt.verify(own)).data == "own"
        await rwt.disconnect()
        if client is not None:
            await client.close()

    monkeypatch.setattr(module.Redis, "parse_response", interrupted)
    asyncio.run(main())


def test_a_cancelled_call_never_leaves_its_reply_to_the_next(url, admin):
    """As when a browser hangs up: asyncio frameworks then cancel the handler."""

    async def main():
        pool = redis.asyncio.BlockingConnectionPool.from_url(url, max_connections=1, timeout=5, socket_timeout=5)
        client = redis.asyncio.Redis(connection_pool=pool)
        rwt = AsyncRwt(redis=client, secret=SECRET)
        theirs, own = await rwt.sign("theirs", subject="1"), await rwt.sign("own", subject="2")
        for _ in range(20):
            call = asyncio.create_task(rwt.verify(theirs))
            # One more turn of the event loop each time: before, while and after it is sent.
            for _ in range(_ + 1):
                await asyncio.sleep(0)
            call.cancel()
            assert (await rwt.verify(own)).data == "own"
        admin.execute_command("CLIENT", "PAUSE", "100", "ALL")
        call = asyncio.create_task(rwt.verify(theirs))
        await asyncio.sleep(0.02)
        call.cancel()
        assert (await rwt.verify(own)).data == "own"
        await client.close()
        await pool.disconnect()

    asyncio.run(main())
