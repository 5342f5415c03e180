"""The bridge of Python for interop/conformance. The first argument is the kind of service: sync or asyncio."""

import asyncio
import dataclasses
import inspect
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "src"))

from redis_web_token import AsyncRwt, Authentication, Encryption, Rwt, RwtError, lines
from redis_web_token.once import AsyncOnce, Once
from redis_web_token.redis_keys import session_keys
from redis_web_token.secret_keys import SecretKeys
from redis_web_token.token import mint, open_token, successor

kind = sys.argv[1] if len(sys.argv) > 1 else "sync"
services = {}


def snake(options):
    return {
        "except_" if name == "except" else snake_word(name): snake_word(value) if name == "onLimit" else value
        for name, value in options.items()
    }


def snake_word(word):
    return re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", word)


def service_of(options):
    """One service for the same options."""
    key = json.dumps(options)
    if key not in services:
        options = {"timeout": 1500, **options}
        encryption = {ours: options.pop(name) for name, ours in ENCRYPTION if name in options}
        make = AsyncRwt if kind == "asyncio" else Rwt
        services[key] = make(**snake(options), encryption=Encryption(**encryption) if encryption else None)
    return services[key]


def ring(secrets):
    return [SecretKeys(secret.encode()) for secret in secrets]


def derive(secret, subject):
    [keys] = ring([secret])
    return {"kid": f"{keys.kid:02x}", "person": None if subject is None else keys.person_of(subject).hex()}


def opened(secrets, token):
    found = open_token(ring(secrets), token)
    if found is None:
        return None
    keys = session_keys("rwt:", found)
    numbers = {"deadline": found.deadline, "expire": found.expire, "generation": found.generation}
    redis_keys = {"sessionKey": keys.session, "personKey": keys.person}
    return numbers | {"person": found.person and found.person.hex()} | redis_keys


def minted(secret, subject, id, **numbers):
    [keys] = ring([secret])
    person = None if subject is None else keys.person_of(subject)
    return mint(keys, person=person, identifier=bytes.fromhex(id), **numbers)[0]


def next_of(secret, token):
    found = open_token(ring([secret]), token)
    return found and successor(found.keys, token, found.generation + 1)


ENCRYPTION = [("encrypt", "encrypt"), ("acceptPlain", "accept_plain")]
FORMAT = {
    "derive": derive,
    "open": opened,
    "mint": minted,
    "successor": next_of,
    "unseal": lambda secrets, place, line: lines.unseal(ring(secrets), place, line),
    "seal": lambda secret, place, text, iv: lines.seal(*ring([secret]), place, text, bytes.fromhex(iv)),
}
CALLS = {
    "sign": lambda rwt, data, **options: rwt.sign(data, **snake(options)),
    "verify": lambda rwt, token: rwt.verify(token),
    "extend": lambda rwt, token, **options: rwt.extend(token, **options),
    "destroy": lambda rwt, token: rwt.destroy(token),
    "update": lambda rwt, token, data: rwt.update(token, data),
    "increment": lambda rwt, token: rwt.update(token, lambda data: {**data, "n": data["n"] + 1}),
    "rotate": lambda rwt, token, **options: rwt.rotate(token, **options),
    "list": lambda rwt, subject, **options: rwt.list(subject, **options),
    "destroyById": lambda rwt, subject, id: rwt.destroy_by_id(subject, id),
    "destroyAll": lambda rwt, subject, **options: rwt.destroy_all(subject, **snake(options)),
    "updateAll": lambda rwt, subject, data: rwt.update_all(subject, data),
    "reauthenticate": lambda rwt, token, auth: rwt.reauthenticate(token, auth),
    "idOf": lambda rwt, token: rwt.id_of(token),
    "issue": lambda rwt, purpose, data, **options: once_of(rwt, purpose).issue(data, **options),
    "consume": lambda rwt, purpose, token: once_of(rwt, purpose).consume(token),
}


def once_of(rwt, purpose):
    return (AsyncOnce if kind == "asyncio" else Once)(rwt, purpose=purpose, expire=60)


def named(value):
    """A result as the other languages name it."""
    if isinstance(value, (list, tuple)):
        return [named(each) for each in value]
    if not dataclasses.is_dataclass(value):
        return value
    # Not by asdict, which would copy the data level by level.
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Authentication):
        return {name: each for name, each in fields.items() if each is not None}
    return {
        {"issued_at": "issuedAt", "expires_at": "expiresAt"}.get(name, name): each if name == "data" else named(each)
        for name, each in fields.items()
    }


async def run(op, service=None, **rest):
    if op == "capabilities":
        return {"name": f"Python ({kind})", "can": [*FORMAT, *CALLS, "verifyExtendsToken", "encrypt", "maxSessions"]}
    if service is None:
        return FORMAT[op](**rest)
    result = CALLS[op](service_of(service), **rest)
    return named(await result) if inspect.isawaitable(result) else named(result)


async def answer(question):
    try:
        return {"result": await run(**question)}
    except RwtError as error:
        return {"error": {"code": error.code, "reason": getattr(error, "reason", None), "message": str(error)}}


async def main():
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await answer(json.loads(line))), flush=True)


asyncio.run(main())
