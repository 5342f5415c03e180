"""What changes all sessions of a person. Each secret has a person of its own: one write for each, the newest secret's last."""

from . import base64url, replies
from .check import token_or_none
from .index import drop_ended
from .json_text import write_json
from .lines import place_of
from .person_signing import random_epoch
from .public_id import is_public_id, lookup_of
from .redis_keys import PersonKeys
from .settings import read_subject
from .steps import Operation, run_script
from .verify import Parts


def person_keys(parts: Parts, subject: object) -> list[PersonKeys]:
    """The keys of a person with every secret of the ring, newest first."""
    text = read_subject(subject)
    return [PersonKeys(parts.settings.prefix, keys.person_of(text)) for keys in parts.settings.ring]


def destroy_all(parts: Parts, subject: object, excepted: object) -> Operation[bool]:
    everyone = person_keys(parts, subject)
    stays = parts.open(token_or_none("except_", excepted))
    found = False
    for person in reversed(everyone):
        keys = [person.person]
        if stays is not None and stays.person == person.person:
            keys.append(stays.session)
        args = [random_epoch(), str(stays.generation if stays else 0), str(parts.settings.now())]
        if replies.flag((yield from run_script("destroy-all", keys, args))):
            found = True
    if found:
        for person in everyone:
            yield from drop_ended(person)
    return found


def update_all(parts: Parts, subject: object, data: object) -> Operation[bool]:
    everyone = person_keys(parts, subject)
    text = write_json("data", data)
    found = False
    for person, keys in reversed([*zip(everyone, parts.settings.ring)]):
        place = place_of(person.person, 2)
        args = [parts.lines.write(keys, place, text), parts.lines.rewrite(keys, place, text)]
        if replies.flag((yield from run_script("update-all", [person.person], args))):
            found = True
    return found


def destroy_by_id(parts: Parts, subject: object, public_id: object) -> Operation[bool]:
    everyone = person_keys(parts, subject)
    if not isinstance(public_id, str) or not is_public_id(public_id):
        return False
    ended = False
    for person, keys in zip(everyone, parts.settings.ring):
        member = base64url.encode(lookup_of(keys, public_id))
        names = [person.session(member), person.person, person.index]
        if replies.flag((yield from run_script("destroy", names, [member, "0"], False))):
            ended = True
    return ended
