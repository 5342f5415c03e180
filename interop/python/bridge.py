"""For the tests in TypeScript: one JSON question for each line of stdin, one JSON answer for each line of stdout."""
import base64
import hashlib
import hmac
import json
import sys

import redis

from rwt_verify import decode, derive, open_token, verify

client = redis.Redis.from_url(sys.argv[1], socket_timeout=2, socket_connect_timeout=2)


def ring(secrets):
    return [derive(secret.encode()) for secret in secrets]


def opened(secrets, token):
    found = open_token(ring(secrets), token)
    return found and {
        "deadline": found.deadline,
        "expire": found.expire,
        "slot": found.slot.hex(),
        "sessionKey": f"rwt:{{{found.slot.hex()}}}:s:{found.lookup}",
    }


def derived(secret, subject):
    """A verifier needs no subject's key; its derivation is part of the format all the same."""
    keys = derive(secret.encode())
    if subject is None:
        return {"kid": f"{keys.kid:02x}", "subjectKey": None}
    hashed = hmac.digest(keys.subject, subject.encode(), hashlib.sha256)
    name = base64.urlsafe_b64encode(hashed[2:18]).decode().rstrip("=")
    return {"kid": f"{keys.kid:02x}", "subjectKey": f"rwt:{{{hashed[:2].hex()}}}:u:{name}"}


def session_of(found):
    return found and {
        "data": found["data"],
        "subject": found.get("sub"),
        "meta": found.get("meta"),
        "issuedAt": found["iat"],
        "deadline": found["exp"],
    }


OPS = {
    "open": opened,
    "derive": derived,
    "decode": lambda deadline, value: session_of(decode(value, deadline)),
    "verify": lambda secrets, token, slide: session_of(verify(client, ring(secrets), token, slide=slide)),
}

for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = {"result": OPS[question["op"]](*question["args"])}
    except Exception as error:  # named only: a client's message may show the command
        answer = {"error": type(error).__name__}
    print(json.dumps(answer), flush=True)
