import pytest
import redis

from conftest import SECRET, end_grace, run_async
from redis_web_token import Encryption, OptionTypeError, RotationLimitError, Rwt, SessionEvent, StoreUnavailableError


def test_inspect_asks_nothing_of_redis():
    token_of = Rwt(redis="redis://127.0.0.1:1", secret=SECRET)
    assert token_of.inspect("rwt_" + "A" * 76) is None
    with pytest.raises(StoreUnavailableError):
        token_of.sign(1)


def test_inspect_tells_deadline_and_idle_timeout(rwt):
    token = rwt.sign(1, expire=60)
    facts = rwt.inspect(token)
    assert (facts.expire, facts.deadline) == (60, rwt.verify(token).deadline)
    rwt.destroy(token)
    assert rwt.inspect(token) == facts
    late = Rwt(redis="redis://127.0.0.1:1", secret=SECRET, now=lambda: facts.deadline)
    assert late.inspect(token) is None


@pytest.mark.parametrize("options", [{}, {"subject": "42"}])
def test_a_stolen_token_is_an_event_and_ends_the_session(url, admin, options):
    events = []
    with Rwt(redis=url, secret=SECRET, on_event=events.append) as rwt:
        for reuse in (rwt.verify, rwt.rotate):
            admin.flushall()
            old = rwt.sign(1, **options)
            new = rwt.rotate(old)
            assert rwt.verify(new).data == 1
            end_grace(admin)
            assert reuse(old) is None
            assert events.pop() == SessionEvent("token_reuse", options.get("subject"))
            assert rwt.verify(new) is None
    assert events == []


def test_a_listeners_failure_changes_no_answer(url, admin):
    with Rwt(redis=url, secret=SECRET, on_event=lambda event: 1 / 0) as rwt:
        old = rwt.sign(1)
        rwt.verify(rwt.rotate(old))
        end_grace(admin)
        assert rwt.verify(old) is None


def test_further_lines_and_facts_are_ignored_by_readers_and_kept_by_writers(rwt, admin):
    token = rwt.sign({"n": 1}, subject="42")
    [key] = admin.keys("*:s:*")
    header, facts, data = admin.get(key).split("\n")
    more = '{"at":1795000000,"amr":["pwd"]}'
    facts = facts.replace("}", ',"act":{"sub":"7"}}')
    admin.set(key, "\n".join((header + " more", facts, data, more, "")), keepttl=True)
    session = rwt.verify(token)
    assert (session.data, session.subject) == ({"n": 1}, "42")
    assert rwt.update(token, lambda data: data | {"n": 2})
    token = rwt.rotate(token)
    assert rwt.verify(token).data == {"n": 2}
    lines = admin.get(key).split("\n")
    assert lines[0].endswith(" more") and lines[1:] == [facts, '{"n":2}', more, ""]


def test_a_session_can_be_rotated_65535_times(rwt, admin):
    from redis_web_token.secret_keys import SecretKeys
    from redis_web_token.token import successor

    token = rwt.sign(1)
    [key] = admin.keys("*:s:*")
    admin.setrange(key, 25, "65535")
    last = successor(SecretKeys(SECRET.encode()), token, 65_535)
    with pytest.raises(RotationLimitError):
        rwt.rotate(last)
    assert rwt.verify(last).data == 1


def test_what_was_lost_in_a_failover_is_recorded(rwt, admin):
    old = rwt.sign(1, subject="42")
    [key] = admin.keys("*:s:*")
    before = admin.get(key)
    new = rwt.rotate(old)
    admin.set(key, before, ex=60)
    assert (rwt.verify(new).data, rwt.verify(old)) == (1, None)


def test_a_verifier_that_may_not_write_still_answers(url, rwt, admin):
    new = rwt.rotate(rwt.sign(1))
    admin.execute_command("ACL", "SETUSER", "reader", "on", ">pass", "~*", "+get", "+mget")
    try:
        with Rwt(redis=url.replace("redis://", "redis://reader:pass@"), secret=SECRET) as reader:
            assert reader.verify(new).data == 1
            with pytest.raises(StoreUnavailableError) as raised:
                reader.destroy(new)
            assert raised.value.reason == "auth"
    finally:
        admin.execute_command("ACL", "DELUSER", "reader")


def test_clients_of_the_callers_work_whatever_they_return_and_stay_open(url, admin):
    for options in ({}, {"decode_responses": True}):
        client = redis.Redis.from_url(url, socket_timeout=2, **options)
        with Rwt(redis=client, secret=SECRET, verify_extends_token=True) as rwt:
            for subject in (None, "42"):
                token = rwt.sign("Zoë", subject=subject)
                assert rwt.verify(token).data == "Zoë"
                assert rwt.extend(token, expire=60)
            assert len(rwt.list("42").sessions) == (1 if not options else 2)
        assert client.ping()
        client.close()


def test_update_takes_async_functions_on_asyncio_alone(rwt, url):
    async def add(data):
        return data + 1

    with pytest.raises(OptionTypeError, match="AsyncRwt"):
        rwt.update(rwt.sign(1), add)

    async def work(service):
        token = await service.sign(1, subject="42")
        assert await service.update(token, add)
        assert await service.update(token, lambda data: data * 10)
        return (await service.verify(token)).data

    assert run_async(url, work) == 20


def test_what_a_callers_function_raises_comes_out_unchanged(rwt, url):
    def fail(data):
        raise KeyError("their own")

    async def fail_later(data):
        raise KeyError("their own")

    with pytest.raises(KeyError):
        rwt.update(rwt.sign(1), fail)

    async def work(service):
        token = await service.sign(1)
        for each in (fail, fail_later):
            with pytest.raises(KeyError):
                await service.update(token, each)

    run_async(url, work)


def test_representations_show_no_data(rwt):
    token = rwt.sign({"name": "Ada"}, subject="ada@example.org", meta={"device": "iPad"}, expire=60)
    shown = repr(rwt.verify(token)) + repr(rwt.list("ada@example.org")) + repr(rwt) + repr(Encryption())
    assert "Ada" not in shown and "ada@" not in shown and "iPad" not in shown


@pytest.mark.parametrize("options", [{}, {"subject": "42"}])
def test_a_function_given_to_update_never_sees_a_session_whose_token_was_rotated_away(rwt, admin, options):
    seen = []

    def change(data):
        seen.append(data)
        return data + 1

    old = rwt.sign(1, **options)
    new = rwt.rotate(old, grace=30)
    assert (rwt.update(old, change), rwt.verify(new).data, rwt.update(old, change)) == (True, 2, True)
    end_grace(admin)
    assert (rwt.update(old, change), seen) == (False, [1, 2])
    newest = rwt.rotate(new, retry=False)
    assert (rwt.update(new, change), rwt.update(old, change), seen) == (False, False, [1, 2])
    assert (rwt.update(newest, change), rwt.verify(newest).data) == (True, 4)
