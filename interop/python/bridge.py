"""For the tests in TypeScript: one JSON question for each line of stdin, one JSON answer for each line of stdout."""
import json
import sys

import redis

from rwt_verify import decode, derive, hash_subject, open_token, verify

client = redis.Redis.from_url(sys.argv[1], socket_timeout=2, socket_connect_timeout=2)


def ring(secrets):
    return [derive(secret) for secret in secrets]


def opened(secrets, token):
    found = open_token(ring(secrets), token)
    return found and {
        "deadline": found.deadline,
        "expire": found.expire,
        "slot": found.slot,
        "sessionKey": f"rwt:{{{found.slot}}}:s:{found.lookup}",
    }


def derived(secret, subject):
    keys = derive(secret)
    slot, index = (None, None) if subject is None else hash_subject(keys, subject)
    return {"kid": f"{keys.kid:02x}", "subjectKey": index and f"rwt:{{{slot}}}:u:{index}"}


OPS = {
    "open": opened,
    "derive": derived,
    "decode": lambda deadline, value: decode(value, deadline),
    "verify": lambda secrets, token, slide: verify(client, ring(secrets), token, slide=slide),
}

for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = {"result": OPS[question["op"]](*question["args"])}
    except Exception as error:  # by its name, which is what the tests ask for
        answer = {"error": type(error).__name__}
    print(json.dumps(answer), flush=True)
