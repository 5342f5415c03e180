import copy
import pickle

import pytest

from conftest import SECRET
from redis_web_token import Rwt, RwtError, StoreUnavailableError
from redis_web_token.request import RequestRefusedError


def raised_by(call):
    with pytest.raises(RwtError) as raised:
        call()
    return raised.value


def refused():
    raise RequestRefusedError(401, "Unauthorized", {"Cache-Control": "no-store"}, None)


@pytest.mark.parametrize("copied", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_an_error_can_be_copied_and_sent_to_another_process(copied):
    rwt = Rwt(redis="redis://127.0.0.1:1", secret=SECRET)
    calls = [
        refused,
        lambda: rwt.sign(1),
        lambda: rwt.sign(float("nan")),
        lambda: rwt.sign(1, expire=0),
        lambda: rwt.sign(1, expire="60"),
        lambda: rwt.sign(1, ttl=60),
    ]
    for error in map(raised_by, calls):
        same = copied(error)
        assert (type(same), str(same), vars(same)) == (type(error), str(error), vars(error))
        if isinstance(error, StoreUnavailableError):
            assert vars(copied(error.__cause__)) == vars(error.__cause__)
