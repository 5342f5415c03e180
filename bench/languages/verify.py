"""Measures Python for bench/works/languages.ts. The arguments are the kind (sync or asyncio), the URL of Redis and the secret.

The first line of stdin has the keys of the bare GET and the tokens; each further line says what to measure, and is answered with
operations per second. Concurrent calls are threads, or tasks.
"""

import asyncio
import itertools
import json
import pathlib
import sys
import threading
import time

import redis
import redis.asyncio

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "interop/python/src"))

from redis_web_token import AsyncRwt, Rwt

kind, url, secret = sys.argv[1:]
# The bare clients have the library's timeout, in seconds. Without one, a service would wait for ever for a Redis that froze.
TIMEOUT = 2


def in_threads(work, names, concurrency, end):
    done = [0] * concurrency

    def loop(worker):
        for name in itertools.islice(itertools.cycle(names), worker * 7, None):
            if time.perf_counter() >= end:
                return
            work(name)
            done[worker] += 1

    threads = [threading.Thread(target=loop, args=(worker,)) for worker in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done)


async def in_tasks(work, names, concurrency, end):
    async def loop(worker):
        done = 0
        for name in itertools.islice(itertools.cycle(names), worker * 7, None):
            if time.perf_counter() >= end:
                break
            await work(name)
            done += 1
        return done

    return sum(await asyncio.gather(*(loop(worker) for worker in range(concurrency))))


def answer(done, began):
    print(json.dumps(done / (time.perf_counter() - began)), flush=True)


def measure_threads(given, questions):
    client = redis.Redis.from_url(url, socket_timeout=TIMEOUT)
    rwt = Rwt(redis=url, secret=secret)
    works = {"get": (lambda key: json.loads(client.get(key)), given["keys"]), "verify": (rwt.verify, given["tokens"])}
    for question in questions:
        work, names = works[question["work"]]
        began = time.perf_counter()
        answer(in_threads(work, names, question["concurrency"], began + question["ms"] / 1000), began)


async def measure_tasks(given, questions):
    client = redis.asyncio.Redis.from_url(url, socket_timeout=TIMEOUT)
    rwt = AsyncRwt(redis=url, secret=secret)

    async def get(key):
        return json.loads(await client.get(key))

    works = {"get": (get, given["keys"]), "verify": (rwt.verify, given["tokens"])}
    # Nothing else runs while it waits for a question.
    for question in questions:
        work, names = works[question["work"]]
        began = time.perf_counter()
        answer(await in_tasks(work, names, question["concurrency"], began + question["ms"] / 1000), began)


lines = map(json.loads, sys.stdin)
first = next(lines)
print("true", flush=True)
if kind == "asyncio":
    asyncio.run(measure_tasks(first, lines))
else:
    measure_threads(first, lines)
