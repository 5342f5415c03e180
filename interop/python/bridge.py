"""For the tests in TypeScript: one JSON question for each line of stdin, one JSON answer for each line of stdout."""
import json
import sys

import redis

from rwt_verify import derive, open_token, person_of, redis_keys, verify

client = redis.Redis.from_url(sys.argv[1], socket_timeout=2, socket_connect_timeout=2)


def ring(secrets):
    return [derive(secret) for secret in secrets]


def derived(secret, subject):
    keys = derive(secret)
    return {"kid": f"{keys.kid:02x}", "person": None if subject is None else person_of(keys, subject).hex()}


def opened(secrets, token):
    found = open_token(ring(secrets), token)
    if found is None:
        return None
    session, *person = redis_keys(found)
    return {
        "deadline": found.deadline,
        "expire": found.expire,
        "generation": found.generation,
        "person": found.person and found.person.hex(),
        "sessionKey": session,
        "personKey": person[0] if person else None,
    }


OPS = {
    "open": opened,
    "derive": derived,
    "verify": lambda secrets, token, slide: verify(client, ring(secrets), token, slide=slide),
}

for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = {"result": OPS[question["op"]](*question["args"])}
    except Exception as error:  # by its name, which is what the tests ask for
        answer = {"error": type(error).__name__}
    print(json.dumps(answer), flush=True)
