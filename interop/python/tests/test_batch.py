"""What `AsyncRwt` promises although concurrent calls share a round trip."""

import asyncio
import contextlib
import types

import pytest
import redis.asyncio

from conftest import SECRET, connections_of, run_async
from redis_web_token import AsyncRwt, StoreUnavailableError


def test_calls_at_once_share_a_connection_and_each_gets_its_own_reply(url, admin):
    async def work(service):
        tokens = [await service.sign(number, subject=str(number)) for number in range(50)]
        before = connections_of(admin)
        sessions = await asyncio.gather(*map(service.verify, tokens))
        assert [session.data for session in sessions] == [*range(50)]
        assert connections_of(admin) <= before

    run_async(url, work)


def test_more_calls_than_a_batch_holds(url, admin):
    async def work(service):
        token = await service.sign("mine")
        sessions = await asyncio.gather(*(service.verify(token) for _ in range(300)))
        assert {session.data for session in sessions} == {"mine"}

    run_async(url, work)


@pytest.mark.parametrize("decodes", [False, True])
def test_a_value_of_someone_else_fails_its_own_call_alone(url, admin, decodes):
    async def main():
        async with redis.asyncio.Redis.from_url(url, socket_timeout=5, decode_responses=decodes) as client:
            service = AsyncRwt(redis=client, secret=SECRET)
            tokens = []
            for spoil in (None, lambda key: admin.hset(key, "a", "b"), lambda key: admin.set(key, b"\xff"), None):
                known = set(admin.keys())
                tokens.append(await service.sign("mine"))
                [key] = set(admin.keys()) - known
                if spoil is not None:
                    admin.delete(key)
                    spoil(key)
            results = await asyncio.gather(*map(service.verify, tokens), return_exceptions=True)
            assert [getattr(each, "data", None) for each in results] == ["mine", None, None, "mine"]
            # A key of another type is no session, and other text is no answer.
            assert [getattr(each, "reason", None) for each in results] == [None, None, "reply", None]
            await client.connection_pool.disconnect()

    asyncio.run(main())


def test_a_caller_that_is_cancelled_takes_nothing_from_the_others(url, admin):
    async def work(service):
        tokens = [await service.sign(number) for number in range(3)]
        for turns in range(12):
            calls = [asyncio.create_task(service.verify(token)) for token in tokens]
            for _ in range(turns):
                await asyncio.sleep(0)
            calls[1].cancel()
            assert (await calls[0]).data == 0
            assert (await calls[2]).data == 2
            assert (await service.verify(tokens[1])).data == 1

    run_async(url, work)


def test_after_all_tasks_were_cancelled_the_service_goes_on(url, admin):
    async def work(service):
        token = await service.sign("mine")
        for turns in range(8):
            call = asyncio.create_task(service.verify(token))
            for _ in range(turns):
                await asyncio.sleep(0)
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await asyncio.wait({call})
            assert (await service.verify(token)).data == "mine"

    run_async(url, work)


def test_a_call_behind_cancelled_tasks_is_not_cancelled_with_them(url, admin):
    async def work(service):
        theirs, own = await service.sign("theirs"), await service.sign("own")
        for turns in range(8):
            call = asyncio.create_task(service.verify(theirs))
            for _ in range(turns):
                await asyncio.sleep(0)
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            # At once, while the tasks are still ending.
            assert (await service.verify(own)).data == "own"
            with contextlib.suppress(asyncio.CancelledError):
                await call

    run_async(url, work)


def test_after_a_timeout_the_late_replies_reach_nobody_and_their_connection_is_closed(url, admin):
    async def work(service):
        theirs, own = await service.sign("theirs"), await service.sign("own")
        before = connections_of(admin)
        admin.execute_command("CLIENT", "PAUSE", "300", "ALL")
        late = await asyncio.gather(*(service.verify(theirs) for _ in range(5)), return_exceptions=True)
        assert [each.reason for each in late] == ["timeout"] * 5
        assert len({id(each) for each in late}) == 5
        admin.execute_command("CLIENT", "UNPAUSE")
        for _ in range(5):
            assert (await service.verify(own)).data == "own"
        await connections_fall_to(admin, before)

    run_async(url, work, timeout=100)


async def connections_fall_to(admin, most):
    async with asyncio.timeout(5):
        while connections_of(admin) > most:
            await asyncio.sleep(0.01)


def test_a_session_that_redis_refuses_as_too_large_fails_its_own_call_alone(url, admin):
    async def work(service):
        token = await service.sign("mine", subject="42")
        others = [lambda: service.verify(token), lambda: service.sign("other", subject="42")]
        calls = [*others, lambda: service.sign("a" * 2_000_000), *others]
        results = await asyncio.gather(*(call() for call in calls), return_exceptions=True)
        codes = [getattr(each, "code", None) for each in results]
        # Redis answers and closes the connection while the call is still being written, so the answer may be lost.
        assert codes.pop(2) in ("ERR_RWT_DATA_TOO_LARGE", "ERR_RWT_STORE_UNAVAILABLE")
        assert codes == [None] * 4

    before = admin.config_get("proto-max-bulk-len")
    admin.config_set("proto-max-bulk-len", 1024 * 1024)
    try:
        run_async(url, work)
    finally:
        admin.config_set("proto-max-bulk-len", before["proto-max-bulk-len"])


def test_calls_in_flight_get_their_replies_although_the_service_is_closed_and_no_connection_is_left_open(url, admin):
    async def work(service):
        token = await service.sign("mine")
        await service.disconnect()
        before = connections_of(admin)
        for turns in range(8):
            calls = [asyncio.create_task(service.verify(token)) for _ in range(3)]
            for _ in range(turns):
                await asyncio.sleep(0)
            await service.disconnect()
            assert [session.data for session in await asyncio.gather(*calls)] == ["mine"] * 3
            # Of a call that was only sent after the first one.
            await service.disconnect()
            await connections_fall_to(admin, before)

    run_async(url, work, timeout=60_000)


def test_an_event_loop_whose_tasks_begin_at_once_still_sends_what_was_called(url, admin):
    async def work(service):
        asyncio.get_running_loop().set_task_factory(eager_task)
        async with asyncio.timeout(5):
            token = await service.sign("mine")
            sessions = await asyncio.gather(*(service.verify(token) for _ in range(100)))
        assert {session.data for session in sessions} == {"mine"}

    run_async(url, work)


def eager_task(loop, work, **options):
    """Does what `asyncio.eager_task_factory` does since Python 3.12: the first step is taken at once."""
    try:
        awaited = work.send(None)
    except StopIteration as end:
        result = loop.create_future()
        result.set_result(end.value)
        return result

    @types.coroutine
    def rest():
        step = awaited
        while True:
            try:
                reply = yield step
            except BaseException as error:
                step = work.throw(error)
            else:
                step = work.send(reply)

    async def to_its_end():
        try:
            await rest()
        except RuntimeError as error:
            # A generator can't raise StopIteration.
            if not isinstance(error.__cause__, StopIteration):
                raise
            return error.__cause__.value

    return asyncio.Task(to_its_end(), loop=loop, **options)


def test_an_outage_fails_every_call_of_a_batch(admin):
    async def main():
        async with AsyncRwt(redis="redis://127.0.0.1:1", secret=SECRET) as service:
            results = await asyncio.gather(*(service.sign(1) for _ in range(5)), return_exceptions=True)
            assert all(isinstance(each, StoreUnavailableError) for each in results)
            assert len({id(each) for each in results}) == 5

    asyncio.run(main())
