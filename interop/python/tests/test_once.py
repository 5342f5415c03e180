import asyncio
import json
import pathlib
import threading

import pytest

from conftest import SECRET
from redis_web_token import AsyncRwt, DataError, OptionRangeError, OptionTypeError, Rwt, StoreUnavailableError
from redis_web_token.once import AsyncOnce, Once
from redis_web_token.once.tokens import PurposeKeys, open_once_token, random_code
from redis_web_token.once.values import read_value
from redis_web_token.redis_keys import OnceKeys
from redis_web_token.secret_keys import SecretKeys
from redis_web_token.token import mint

VECTORS = json.loads((pathlib.Path(__file__).resolve().parents[3] / "vectors.json").read_text("utf-8"))
NOW = 4_102_444_000


@pytest.fixture
def resets(rwt):
    return Once(rwt, purpose="password-reset", expire=600)


def commands_of(admin, call):
    admin.config_resetstat()
    result = call()
    own = {"config|resetstat", "info"}
    return result, {name[8:] for name in admin.info("commandstats")} - own


@pytest.mark.parametrize("vector", VECTORS["onceTokens"], ids=lambda vector: vector["token"][-8:])
def test_tokens_of_the_vectors(vector):
    keys = PurposeKeys(SecretKeys(vector["secret"].encode()), vector["purpose"])
    person = keys.person_of(vector["replaces"]) if vector["replaces"] is not None else None
    identifier = bytes.fromhex(vector["id"])
    numbers = {"deadline": vector["deadline"], "expire": vector["expire"]}
    token, _ = mint(keys, person=person, identifier=identifier, **numbers)
    assert (f"{keys.kid:02x}", "rwto_" + token[4:]) == (vector["kid"], vector["token"])
    opened = open_once_token([keys], "rwt:", NOW, vector["token"])
    assert (opened.key, opened.is_replaceable) == (vector["key"], person is not None)
    found = read_value(vector["value"], opened.proof)
    assert {"subject": found.subject, "data": found.data} == vector["found"]


@pytest.mark.parametrize("vector", VECTORS["onceCodes"], ids=lambda vector: vector["code"])
def test_codes_of_the_vectors(vector):
    keys = PurposeKeys(SecretKeys(vector["secret"].encode()), vector["purpose"])
    person = keys.person_of(vector["subject"])
    assert OnceKeys("rwt:", person).code == vector["key"]
    assert read_value(vector["value"], keys.hash_of(person, vector["code"])).data == vector["data"]


@pytest.mark.parametrize("vector", VECTORS["onceRejected"], ids=lambda vector: vector["why"])
def test_what_the_vectors_reject(vector):
    keys = PurposeKeys(SecretKeys(vector["secret"].encode()), vector["purpose"])
    assert open_once_token([keys], "rwt:", NOW, vector["token"]) is None


def test_a_token_is_peeked_at_often_and_consumed_once(resets, admin):
    token = resets.issue({"next": "/"}, subject="ada@example.com")
    assert len(token) == 81
    found = resets.peek(token)
    assert (resets.peek(token), found.data, found.subject) == (found, {"next": "/"}, "ada@example.com")
    assert found.expires_at - found.issued_at == 600
    assert "ada@" not in repr(found)
    [key] = admin.keys("*")
    assert 0 < admin.ttl(key) <= 600
    assert resets.consume(token) == found
    assert (resets.consume(token), resets.peek(token), admin.keys("*")) == (None, None, [])


@pytest.mark.parametrize("options", [{}, {"subject": "42", "replaces": True}])
def test_of_many_calls_at_once_one_gets_it(url, resets, options):
    for _ in range(5):
        token = resets.issue(1, **options)
        found = []
        with Rwt(redis=url, secret=SECRET) as other:
            callers = [resets, Once(other, purpose="password-reset", expire=1)] * 10
            threads = [threading.Thread(target=lambda each=each: found.append(each.consume(token))) for each in callers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len([each for each in found if each is not None]) == 1


def test_what_is_no_token_of_the_purpose_costs_nothing(rwt, resets, admin):
    other = Once(rwt, purpose="magic-link", expire=600)
    session, link, expired = rwt.sign(1), other.issue(1), Once(rwt, purpose="password-reset", expire=1)
    dead = Rwt(redis="redis://127.0.0.1:1", secret=SECRET, now=lambda: 1_000)
    token = resets.issue(1)
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    for bad in (None, 5, "", session, link, forged, "rwto_" + session[4:], token + "\n", token.upper()):
        assert commands_of(admin, lambda: (resets.peek(bad), resets.consume(bad)))[1] == set(), bad
        assert (resets.peek(bad), resets.consume(bad)) == (None, None)
    assert rwt.verify("rwt_" + token[5:]) is None
    assert expired.consume(token).data == 1
    assert open_once_token(Once(dead, purpose="p", expire=1)._parts.ring, "rwt:", 0, token) is None


def test_replaces_leaves_the_newest_token_alone(resets):
    free = resets.issue("free", subject="42")
    old = resets.issue("old", subject="42", replaces=True)
    new = resets.issue("new", subject="42", replaces=True)
    assert (resets.peek(old), resets.consume(old)) == (None, None)
    assert [resets.consume(each).data for each in (new, free)] == ["new", "free"]


def test_a_code_takes_so_many_guesses(resets, admin):
    code = resets.issue_code("42", {"n": 1}, attempts=3)
    assert code.isdecimal() and len(code) == 6
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert resets.consume_code("43", code) is None
    for bad in (None, "12345", "1234567890123", "12345x", code + "\n"):
        assert commands_of(admin, lambda: resets.consume_code("42", bad)) == (None, set())
    assert resets.consume_code("42", wrong) is None
    found = resets.consume_code("42", code)
    assert (found.data, found.subject, resets.consume_code("42", code)) == ({"n": 1}, "42", None)
    code = resets.issue_code("42", attempts=2)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert [resets.consume_code("42", each) for each in (wrong, wrong, code)] == [None] * 3
    assert admin.keys("*") == []


def test_a_newer_code_replaces_the_older_one(resets):
    old, new = resets.issue_code("42", 1, digits=12), resets.issue_code("42", 2, digits=12)
    assert resets.consume_code("42", old) is None
    assert resets.consume_code("42", new).data == 2


def test_codes_have_every_digit():
    assert {*"".join(random_code(6) for _ in range(200))} == {*"0123456789"}


def test_revoke_all_ends_the_code_and_the_replaceable_token(resets):
    token, free = resets.issue(1, subject="42", replaces=True), resets.issue(2, subject="42")
    code = resets.issue_code("42")
    assert (resets.revoke_all("42"), resets.revoke_all("42")) == (True, False)
    assert (resets.consume(token), resets.consume_code("42", code), resets.consume(free).data) == (None, None, 2)


def test_several_secrets(url, admin):
    old_secret, new_secret = "o" * 32, "n" * 32
    with Rwt(redis=url, secret=old_secret) as before, Rwt(redis=url, secret=[new_secret, old_secret]) as both:
        old, new = (Once(each, purpose="p", expire=60) for each in (before, both))
        token, code = old.issue(1, subject="42", replaces=True), old.issue_code("42")
        assert new.peek(token).data == 1
        assert new.consume_code("42", code) is not None
        assert new.issue(2, subject="42", replaces=True) and new.consume(token) is None
        assert old.issue_code("42") and new.issue_code("42") and len(admin.keys("*:c:*")) == 1
        assert new.revoke_all("42") is True and admin.keys("*") == []


@pytest.mark.parametrize("value", ["2 later", "something else"])
def test_what_lies_there_and_is_no_such_value(resets, admin, value):
    token, code = resets.issue(1, subject="42", replaces=True), resets.issue_code("42")
    for key in admin.keys("*"):
        admin.set(key, value, ex=60)
    for call in [
        lambda: resets.peek(token),
        lambda: resets.consume(token),
        lambda: resets.consume_code("42", code),
    ]:
        if value == "2 later":
            assert call() is None
        else:
            with pytest.raises(StoreUnavailableError):
                call()
    assert {admin.get(key) for key in admin.keys("*")} == {value}


def test_mistakes(rwt, resets):
    for call in [
        lambda: Once(rwt, purpose="", expire=1),
        lambda: Once(rwt, purpose="a b", expire=1),
        lambda: Once(rwt, purpose="a\n", expire=1),
        lambda: Once(rwt, purpose="p", expire=31_536_001),
        lambda: resets.issue(1, replaces=True),
        lambda: resets.issue(1, subject=""),
        lambda: resets.issue_code("42", attempts=101),
        lambda: resets.issue_code("42", digits=5),
        lambda: resets.revoke_all(""),
    ]:
        with pytest.raises(OptionRangeError):
            call()
    for call in [
        lambda: Once(AsyncRwt(redis="redis://x", secret=SECRET), purpose="p", expire=1),
        lambda: Once("redis://x", purpose="p", expire=1),
        lambda: Once(rwt, purpose="p", expire=1, ttl=5),
        lambda: resets.issue(1, subject=42),
        lambda: resets.consume_code(None, "123456"),
    ]:
        with pytest.raises(OptionTypeError):
            call()
    with pytest.raises(DataError):
        resets.issue({1, 2})


def test_asyncio(url, admin):
    async def main():
        async with AsyncRwt(redis=url, secret=SECRET) as rwt:
            once = AsyncOnce(rwt, purpose="ticket", expire=30)
            token = await once.issue(1, subject="42")
            assert (await once.peek(token)).data == 1
            found = await asyncio.gather(*(once.consume(token) for _ in range(20)))
            assert len([each for each in found if each]) == 1
            code = await once.issue_code("42", 2)
            assert (await once.consume_code("42", code)).data == 2
            assert await once.revoke_all("42") is False
            unawaited = once.issue(1)
            with pytest.raises(OptionTypeError, match="await what issue returns"):
                await once.consume(unawaited)
            await unawaited

    asyncio.run(main())


def test_an_outage_is_an_exception(rwt, admin):
    once = Once(Rwt(redis="redis://127.0.0.1:1", secret=SECRET), purpose="p", expire=60)
    with pytest.raises(StoreUnavailableError):
        once.consume(Once(rwt, purpose="p", expire=60).issue(1))
