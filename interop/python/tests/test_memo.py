import tracemalloc

import pytest

from conftest import SECRET
from redis_web_token import Rwt
from redis_web_token.memo import Memo
from redis_web_token.token import mint


def commands_of(admin):
    """How many commands Redis got, except those that count them."""
    return sum(each["calls"] for name, each in admin.info("commandstats").items() if name != "cmdstat_info")


def test_redis_is_asked_each_time_whether_a_memoized_token_is_live(rwt, url):
    token = rwt.sign(1)
    assert rwt.verify(token).data == 1
    with Rwt(redis=url, secret=SECRET) as other:
        other.update(token, 2)
        assert rwt.verify(token).data == 2
        other.destroy(token)
    assert rwt.verify(token) is None


def test_a_memoized_token_ends_at_its_deadline_and_costs_no_command_then(url, admin):
    time = 1_800_000_000
    with Rwt(redis=url, secret=SECRET, max_lifetime=60, now=lambda: time) as rwt:
        token = rwt.sign(1)
        assert rwt.verify(token).data == 1
        time += 60
        before = commands_of(admin)
        assert (rwt.verify(token), rwt.rotate(token), rwt.destroy(token)) == (None, None, False)
        assert commands_of(admin) == before


def test_a_text_that_claims_to_equal_a_memoized_token_is_opened_by_itself(rwt):
    class Liar(str):
        def __eq__(self, other):
            return True

        def __hash__(self):
            return hash(token)

    token = rwt.sign(1)
    assert rwt.verify(token).data == 1
    assert rwt.verify(Liar("rwt_" + "A" * 76)) is None


@pytest.mark.parametrize("subject", [None, "42"])
def test_the_memo_is_small_and_bounded(rwt, subject):
    settings = rwt._parts.settings
    [keys] = settings.ring
    person = None if subject is None else keys.person_of(subject)
    tokens = [mint(keys, deadline=4_000_000_000 + i, expire=3600, person=person)[0] for i in range(16_001)]
    memo = Memo(settings)
    tracemalloc.start()
    try:
        for token in tokens[:-1]:
            # A copy, as a framework makes one of the request's header.
            assert memo.open(token.encode().decode()) is not None
        full, _ = tracemalloc.get_traced_memory()
        assert full < 16_000 * 400
        memo.open(tokens[-1])
        assert tracemalloc.get_traced_memory()[0] < full / 10
    finally:
        tracemalloc.stop()
