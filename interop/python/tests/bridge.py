"""For the tests in TypeScript of what is Python's own: one JSON question for each line of stdin, one JSON answer for each line of
stdout. conformance.py is for what all languages have.

The configuration is the first argument, and the client the second: sync, asyncio, cluster or asyncio cluster.
"""

import asyncio
import dataclasses
import inspect
import json
import pathlib
import sys

import redis
import redis.asyncio

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "src"))

from redis_web_token import AsyncRwt, Encryption, Rwt, RwtError, SessionList
from redis_web_token.once import AsyncOnce, Once
from redis_web_token.request import meets_requirement
from redis_web_token.request.adapter import Adapter
from redis_web_token.request.origin import origin_of
from redis_web_token.request.requirement import read_requirement
from redis_web_token.request.source import RequestSource, cookies_named, is_cross_site

config = json.loads(sys.argv[1])
kind = sys.argv[2]
services = {}


def service(secret):
    name = json.dumps(secret)
    if name not in services:
        options = dict(config["options"])
        if options.get("encryption") is not None:
            options["encryption"] = Encryption(**options["encryption"])
        is_async = kind.startswith("asyncio")
        if kind.endswith("cluster"):
            cluster = redis.asyncio.RedisCluster if is_async else redis.RedisCluster
            options["redis"] = cluster.from_url(options["redis"], socket_timeout=1, socket_connect_timeout=1)
        services[name] = (AsyncRwt if is_async else Rwt)(secret=secret, **options)
    return services[name]


def named(value):
    """A result as the other languages name it."""
    if isinstance(value, SessionList):
        return {"sessions": [named(each) for each in value.sessions], "cursor": value.cursor}
    if not dataclasses.is_dataclass(value):
        return value
    # Not by asdict, which would copy the data level by level.
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return {("issuedAt" if name == "issued_at" else name): each for name, each in fields.items()}


def renamed(params, **names):
    return {names.get(name, name): value for name, value in (params or {}).items()}


OPS = {
    "auth": lambda options: Adapter(service("s" * 32), **options) and None,
    "create": lambda options: Rwt(**({"redis": "redis://127.0.0.1:1", "secret": "s" * 32} | options)) and None,
    "originOf": origin_of,
    "crossSite": lambda method, path, headers: is_cross_site(
        RequestSource(method, path, tuple(headers.items())), (), ()
    ),
    "cookiesNamed": cookies_named,
    "connect": lambda: service("s" * 32).connect(),
    "sign": lambda data, secret, params=None: service(secret).sign(
        data, **renamed(params, maxLifetime="max_lifetime")
    ),
    "session": lambda token, secret: service(secret).verify(token),
    "verify": lambda token, secret: service(secret).verify(token),
    "extend": lambda token, secret, params=None: service(secret).extend(token, **(params or {})),
    "destroy": lambda token, secret: service(secret).destroy(token),
    "reauthenticate": lambda token, secret, auth: service(secret).reauthenticate(token, auth),
    "requirement": lambda require: meets_requirement(None, **require) if isinstance(require, dict) else read_requirement(require),
    "once": lambda options, secret, op, *args: once(options, secret, op, args),
    "update": lambda token, secret, data: service(secret).update(token, data),
    "increment": lambda token, secret: service(secret).update(token, lambda data: {**data, "n": data["n"] + 1}),
    "rotate": lambda token, secret, params=None: service(secret).rotate(token, **(params or {})),
    "idOf": lambda token, secret: service(secret).id_of(token),
    "inspect": lambda token, secret: service(secret).inspect(token),
    "list": lambda subject, secret, params=None: service(secret).list(subject, **(params or {})),
    "destroyAll": lambda subject, secret, params=None: service(secret).destroy_all(
        subject, **renamed(params, **{"except": "except_"})
    ),
    "destroyById": lambda subject, secret, public_id: service(secret).destroy_by_id(subject, public_id),
    "updateAll": lambda subject, secret, data: service(secret).update_all(subject, data),
}


def once(options, secret, op, args):
    """Calls a method of one-time tokens. Its last argument are its options."""
    made = (AsyncOnce if kind.startswith("asyncio") else Once)(service(secret), **options)
    method = getattr(made, {"issueCode": "issue_code", "consumeCode": "consume_code", "revokeAll": "revoke_all"}.get(op, op))
    *positional, last = args
    return method(*positional, **last) if isinstance(last, dict) else method(*[each for each in args if each is not None])


async def answer(op, args):
    try:
        result = OPS[op](*args)
        if inspect.isawaitable(result):
            result = await result
    except RwtError as error:
        reason = getattr(error, "reason", None)
        return {"error": {"code": error.code, "reason": reason, "message": str(error)}}
    if op == "verify":
        # As in PHP: the data, or false.
        return {"result": False if result is None else result.data}
    return {"result": named(result)}


async def main():
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        question = json.loads(line)
        print(json.dumps(await answer(question["op"], question["args"])), flush=True)


asyncio.run(main())
