import pytest

from conftest import SECRET
from redis_web_token import Authentication, OptionRangeError, OptionTypeError, Rwt, Session
from redis_web_token.request import meets_requirement


def make(**options):
    return Rwt(**({"redis": "redis://127.0.0.1:1", "secret": SECRET} | options))


@pytest.mark.parametrize(
    "value, shown",
    [(10**400, "1" + "0" * 400), (float("nan"), "NaN"), (float("-inf"), "-Infinity"), (0.5, "0.5"), (-1.0, "-1")],
)
def test_numbers_that_only_python_has_are_refused_in_the_same_words(value, shown):
    with pytest.raises(OptionRangeError) as raised:
        make(expire=value)
    assert str(raised.value) == f"expire must be a whole number of seconds from 1 to 4294967295, not {shown}"


def test_so_are_numbers_that_python_itself_does_not_write():
    with pytest.raises(OptionRangeError, match="not a longer number"):
        make(expire=10**5000)


def test_a_whole_number_may_be_a_float_and_is_never_a_truth_value():
    assert make(expire=60.0).expire == 60
    with pytest.raises(OptionTypeError, match="not boolean"):
        make(expire=True)


def test_a_secret_is_text_or_bytes_and_never_shown():
    for secret in (SECRET, SECRET.encode(), bytearray(SECRET.encode()), [SECRET.encode(), SECRET], (SECRET,)):
        make(secret=secret)
    with pytest.raises(OptionTypeError, match=r"secret must be 32 bytes or more \(is RWT_SECRET set\?\), not null"):
        make(secret=None)
    with pytest.raises(OptionRangeError, match="secret must be at least 32 bytes") as raised:
        make(secret="hunter2")
    assert "hunter2" not in str(raised.value)


def test_what_looks_like_a_misplaced_secret_is_not_shown():
    with pytest.raises(OptionTypeError) as raised:
        make(**{SECRET: 1})
    assert "unknown option … in options" in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("time", [float("nan"), 1795000000000, -1, 10**400, None, "5"])
def test_a_clock_gives_unix_seconds(time):
    rwt = make(now=lambda: time)
    with pytest.raises(OptionRangeError, match="now must give Unix seconds"):
        rwt.sign(1)


def test_a_listener_that_nobody_would_await_is_refused():
    async def tell(event):
        pass

    with pytest.raises(OptionTypeError, match="on_event must be a function that isn't async"):
        make(on_event=tell)


def test_a_token_that_was_not_awaited_is_a_mistake():
    async def sign():
        return "rwt_"

    coroutine = sign()
    with pytest.raises(OptionTypeError, match="await what sign returns"):
        make().verify(coroutine)
    coroutine.close()


@pytest.mark.parametrize("now", [float("nan"), float("inf"), 1795000000000, -1, True, "5", []])
def test_a_requirement_is_checked_by_unix_seconds(now):
    session = Session(None, None, None, 0, 0, 0, Authentication(0, ["pwd"], None), None)
    with pytest.raises(OptionRangeError, match="now must give Unix seconds"):
        meets_requirement(session, amr=["pwd"], now=now)
    assert meets_requirement(session, max_age=10, now=10.5)
    assert not meets_requirement(session, max_age=10, now=11)
