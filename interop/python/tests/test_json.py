import collections
import datetime
import enum

import pytest

from redis_web_token import DataError

CYCLE = []
CYCLE.append(CYCLE)


class Role(str, enum.Enum):
    ADMIN = "admin"


@pytest.mark.parametrize(
    "data, found",
    [
        (float("nan"), "depth 0 holds the number NaN"),
        ([float("-inf")], "depth 1 holds the number -Infinity"),
        ({"a": {"b": datetime.date(2026, 1, 1)}}, "depth 2 holds an object of a class such as datetime"),
        ((1, 2), "depth 0 holds an object of a class"),
        ({1, 2}, "depth 0 holds an object of a class"),
        (b"bytes", "depth 0 holds an object of a class"),
        ({1: "a"}, "depth 0 holds a name that isn't text"),
        ([2**53 + 1], r"depth 1 holds an integer beyond 2\^53"),
        (-(10**400), r"depth 0 holds an integer beyond 2\^53"),
        (CYCLE, "depth 1 holds a cycle"),
        ([print], "depth 1 holds a function"),
    ],
)
def test_what_json_cant_give_back_is_refused_before_redis_is_asked(rwt, admin, data, found):
    with pytest.raises(DataError, match=found) as raised:
        rwt.sign(data)
    assert (raised.value.code, raised.value.option) == ("ERR_RWT_DATA_NOT_JSON", "data")
    assert admin.keys("*") == []


@pytest.mark.parametrize(
    "data",
    [
        2**53,
        -(2**53),
        1e21,
        0.1,
        "\ud83d\ude00 \udc00",
        "\u2028\n\x00",
        [[[]]],
        {"": {}},
        True,
        collections.OrderedDict(a=1),
        Role.ADMIN,
    ],
)
def test_json_comes_back_as_it_was_signed(rwt, data):
    for options in ({}, {"subject": "42"}):
        found = rwt.verify(rwt.sign(data, **options)).data
        # Two halves of a pair are one character in JSON.
        assert found == ("😀 \udc00" if data == "\ud83d\ude00 \udc00" else data)


# As JavaScript writes 1e20 and 2 ** 60, and exactly.
@pytest.mark.parametrize("number", [100000000000000000000, 1152921504606847000, -(2**60)])
def test_a_large_number_of_javascript_can_be_written_again(rwt, admin, number):
    token = rwt.sign({"n": 1})
    [key] = admin.keys()
    admin.set(key, admin.get(key).replace('"n":1', f'"n":1,"large":{number}'), ex=60)
    assert rwt.update(token, lambda data: data | {"n": 2})
    assert rwt.verify(token).data == {"n": 2, "large": number}


def test_one_list_in_two_places_is_no_cycle(rwt):
    shared = [1]
    assert rwt.verify(rwt.sign([shared, shared])).data == [[1], [1]]


def test_500_levels_are_signed_from_deep_within_a_program(rwt):
    data = []
    for _ in range(499):
        data = [data]

    def deeper(levels):
        return deeper(levels - 1) if levels else rwt.verify(rwt.sign(data)).data

    assert deeper(200) == data
