import asyncio
import time
import traceback

import pytest
import redis
import redis.asyncio

from conftest import SECRET, run_async
from redis_web_token import AsyncRwt, OptionRangeError, OptionTypeError, Rwt, StoreFault, StoreUnavailableError


def test_no_error_shows_a_secret_a_token_or_data(url, admin):
    [host] = [url.removeprefix("redis://")]
    with Rwt(redis=url, secret=SECRET) as rwt:
        token = rwt.sign({"name": "Ada"}, subject="ada")
        [key] = admin.keys("*:s:*")
        admin.delete(key)
        admin.hset(key, "name", "Ada")
        failures = [_failure(lambda: rwt.update(token, {"name": "Ada"})), _failure(lambda: rwt.rotate(token))]
    for target in (f"redis://nobody:hunter2@{host}", "redis://nobody:hunter2@127.0.0.1:1"):
        with Rwt(redis=target, secret=SECRET) as rwt:
            failures += [
                _failure(lambda: rwt.verify(token)),
                _failure(lambda: rwt.sign({"name": "Ada"}, subject="ada")),
            ]
    for failure in failures:
        assert failure.__context__ is None
        assert isinstance(failure.__cause__, StoreFault)
        shown = "".join(traceback.format_exception(failure))
        for hidden in ("hunter2", SECRET, token, key, "Ada"):
            # The lines of this file that the traceback quotes.
            assert hidden not in shown.replace('{"name": "Ada"}', "")


def _failure(call):
    with pytest.raises(StoreUnavailableError) as raised:
        call()
    return raised.value


TARGETS = ["localhost", "http://localhost", "redis://a:b@c:port", "redis://localhost/x?y=1&db=z", 5, None]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("service", [Rwt, AsyncRwt])
def test_what_is_no_url_and_no_client_is_refused_without_being_shown(service, target):
    with pytest.raises((OptionRangeError, OptionTypeError), match="redis must be") as raised:
        service(redis=target, secret=SECRET).connect()
    assert "a:b" not in str(raised.value)
    assert raised.value.__context__ is None


def test_each_service_wants_its_own_kind_of_client_with_a_timeout(url):
    with pytest.raises(OptionTypeError, match="a client of redis.asyncio for AsyncRwt"):
        AsyncRwt(redis=redis.Redis.from_url(url, socket_timeout=1), secret=SECRET)
    with pytest.raises(OptionTypeError, match="a client of redis for Rwt"):
        Rwt(redis=redis.asyncio.Redis.from_url(url, socket_timeout=1), secret=SECRET)
    for service, module in ((Rwt, redis), (AsyncRwt, redis.asyncio)):
        with pytest.raises(OptionRangeError, match="redis must be a client with socket_timeout"):
            service(redis=module.Redis.from_url(url, socket_timeout=None), secret=SECRET)


def test_a_client_that_writes_what_other_languages_cant_read_is_refused(url):
    for service, module in ((Rwt, redis), (AsyncRwt, redis.asyncio)):
        for target in (module.Redis.from_url(url, socket_timeout=1, encoding="latin-1"), f"{url}?encoding=x"):
            with pytest.raises(OptionRangeError, match="redis must have the encoding utf-8"):
                service(redis=target, secret=SECRET)
        service(redis=module.Redis.from_url(url, socket_timeout=1, encoding="UTF8"), secret=SECRET)


def test_a_redis_that_doesnt_answer_is_a_timeout(url, admin):
    with Rwt(redis=url, secret=SECRET, timeout=100) as rwt:
        token = rwt.sign(1)
        admin.execute_command("CLIENT", "PAUSE", "5000", "ALL")
        start = time.monotonic()
        assert _failure(lambda: rwt.verify(token)).reason == "timeout"
        assert time.monotonic() - start < 2


def test_on_asyncio_too_however_long_the_client_would_wait(url, admin):
    async def main():
        client = redis.asyncio.Redis.from_url(url, socket_timeout=30)
        rwt = AsyncRwt(redis=client, secret=SECRET, timeout=100)
        token = await rwt.sign(1)
        admin.execute_command("CLIENT", "PAUSE", "5000", "ALL")
        start = time.monotonic()
        with pytest.raises(StoreUnavailableError) as raised:
            await rwt.verify(token)
        assert raised.value.reason == "timeout"
        assert time.monotonic() - start < 2
        admin.execute_command("CLIENT", "UNPAUSE")
        assert (await rwt.verify(token)).data == 1
        await client.close()

    asyncio.run(main())


def test_a_service_of_a_url_works_in_one_event_loop_after_another(url, admin):
    rwt = AsyncRwt(redis=url, secret=SECRET)
    token = asyncio.run(rwt.sign(1))
    assert asyncio.run(rwt.verify(token)).data == 1


def test_many_calls_at_once(url, admin):
    async def work(service):
        tokens = await asyncio.gather(*(service.sign(i, subject=str(i % 5)) for i in range(50)))
        sessions = await asyncio.gather(*map(service.verify, tokens))
        return [session.data for session in sessions]

    assert run_async(url, work) == [*range(50)]


def test_a_connection_that_was_cut_while_idle_is_no_outage(url, admin):
    with Rwt(redis=url, secret=SECRET) as rwt:
        token = rwt.sign(1)
        admin.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        assert rwt.verify(token).data == 1

    async def work(service):
        token = await service.sign(1)
        admin.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        await asyncio.sleep(0.05)
        return (await service.verify(token)).data

    assert run_async(url, work) == 1


class Odd(redis.Redis):
    """Gives one reply to everything."""

    reply: object = None

    def execute_command(self, *words, **options):
        return self.reply


@pytest.mark.parametrize("reply", [[], ["rotated", 70_000], ["rotated", -1], ["created"], ["full", ["a"]], "x", 5])
def test_a_reply_of_another_shape_is_an_outage(rwt, url, reply):
    token = rwt.sign(1, subject="42")
    client = Odd.from_url(url, socket_timeout=2)
    client.reply = reply
    odd = Rwt(redis=client, secret=SECRET, max_sessions=2)
    calls = [
        lambda: odd.sign(1, subject="42"),
        lambda: odd.verify(token),
        lambda: odd.extend(token),
        lambda: odd.destroy(token),
        lambda: odd.update(token, 1),
        lambda: odd.rotate(token),
        lambda: odd.destroy_all("42"),
        lambda: odd.update_all("42", 1),
    ]
    for call in calls:
        assert _failure(call).reason == "reply"
    client.close()
