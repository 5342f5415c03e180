/** Python code of the pages: the examples work as apps, and the other blocks run. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { blocksOf, writtenPages } from "../../tools/docs/markdown.ts";
import { root } from "../../tools/entries.ts";
import { python, pythonMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
const folder = mkdtempSync(join(tmpdir(), "rwt-python-docs-"));
const admin = new Redis(redis.url);
afterAll(() => admin.disconnect());
beforeEach(() => admin.flushall());
afterAll(() => rmSync(folder, { recursive: true }));
const examples = join(root, "interop/python/examples");

/** Runs a program in which the example is importable, and returns what it prints. */
async function run(example: string, program: string): Promise<string> {
  const file = join(folder, "program.py");
  writeFileSync(file, program);
  const PYTHONPATH = `${join(root, "interop/python/src")}:${join(examples, example)}`;
  const secret = "a secret that all languages share, 32 bytes or more";
  const env = { ...process.env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: "1", RWT_SECRET: secret };
  const { stdout } = await promisify(execFile)(python ?? "", [file], {
    env: { ...env, REDIS_URL: redis.url },
  }).catch((error) => expect.fail(`${program}\n${error.stdout}${error.stderr}`));
  return stdout.trim();
}

const DJANGO = `
import django
from django.conf import settings
settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="x", ROOT_URLCONF="shop.urls", MIDDLEWARE=["shop.auth.middleware"])
django.setup()
`;
const blocks = writtenPages.flatMap(blocksOf).filter(({ language }) => language === "python");

describe.skipIf(python === undefined)(`the pages on Python${pythonMissing}`, { timeout: 60_000 }, () => {
  test("all Python on the pages is Python", async () => {
    expect(blocks.length).toBeGreaterThan(8);
    const codes = JSON.stringify(blocks.map(({ code }) => code));
    const program = `import json\nfor code in json.loads(${JSON.stringify(codes)}): compile(code, "block", "exec")\nprint("all")`;
    expect(await run("", program)).toBe("all");
  });

  const EXAMPLES = [
    ["fastapi", "docs/frameworks/fastapi.md", "from app import app, auth, rwt\n"],
    ["starlette", "docs/frameworks/python.md", "from app import app, auth, rwt\n"],
    ["django", "docs/frameworks/django.md", DJANGO],
  ] as const;
  const ownBlocks = (path: string): string[] =>
    blocks.flatMap(({ page, from, code }) => (page.path === path && from === undefined ? code : []));

  test.each(EXAMPLES)("%s: each block that shows no file runs", async (example, path, surroundings) => {
    expect(ownBlocks(path).length).toBeGreaterThan(0);
    for (const code of ownBlocks(path))
      expect(await run(example, `${surroundings}\n${code}\nprint("ran")`)).toBe("ran");
  });

  test.each(EXAMPLES.slice(0, 2))(
    "%s: pages answer refusals by themselves, and drop a dead cookie",
    async (example, path, surroundings) => {
      const own = ownBlocks(path).find((code) => code.includes("drop_cookie"));
      const program = `
${surroundings}
${own}
import asyncio
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
if "page" in globals():
    app = Starlette(routes=[Route("/private", page)])
token = asyncio.run(rwt.sign({"name": "Ada"}))
with TestClient(app, base_url="https://shop.example") as client:
    headers = {"Cookie": f"__Host-rwt={token}"}
    print(client.get("/private", headers=headers).status_code)
    asyncio.run(rwt.destroy(token))
    answer = client.get("/private", headers=headers, follow_redirects=False)
    print(answer.status_code, answer.headers["location"], answer.headers["set-cookie"].split(";")[:2])
    answer = client.get("/private", headers={"Authorization": "Bearer"})
    print(answer.status_code, answer.text, answer.headers["www-authenticate"])
`;
      expect(await run(example, program)).toBe(
        [
          "200",
          "303 /login ['__Host-rwt=', ' Max-Age=0']",
          '400 Send one token Bearer realm="api", error="invalid_request", error_description="Send one token"',
        ].join("\n"),
      );
    },
  );

  test("FastAPI's example signs in, guards, lists devices, and signs out", async () => {
    const program = `
from app import app
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

def open_chat(client):
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    try:
        with client.websocket_connect("/chat", headers={"Cookie": cookie}) as chat:
            return chat.receive_text()
    except WebSocketDisconnect as refused:
        return refused.code

with TestClient(app, base_url="https://shop.example") as client, TestClient(app, base_url="https://shop.example") as phone:
    print(client.get("/private").status_code, open_chat(client))
    print(phone.post("/login").json(), client.post("/login").json(), open_chat(client))
    answer = client.get("/devices", headers={"User-Agent": "later"})
    print(sorted(each["current"] for each in answer.json()), answer.headers["cache-control"])
    print(client.post("/logout-everywhere", follow_redirects=False).status_code, "set-cookie" in phone.get("/private").headers)
    print(phone.get("/private").status_code, client.get("/private").status_code)
    phone.post("/login")
    print(phone.post("/logout", headers={"Origin": "https://evil.example"}).status_code, phone.get("/private").status_code)
    phone.post("/logout", follow_redirects=False)
    print(phone.get("/private").status_code, "__Host-rwt" in phone.cookies)
`;
    expect(await run("fastapi", program)).toBe(
      [
        "401 1008",
        "{'name': 'Ada'} {'name': 'Ada'} Hello Ada",
        "[False, True] no-store",
        "303 False",
        "401 401",
        "403 200",
        "401 False",
      ].join("\n"),
    );
  });

  test("Starlette's example signs in, guards, and signs out", async () => {
    const program = `
from app import app
from starlette.testclient import TestClient
with TestClient(app, base_url="https://shop.example") as client:
    print(client.get("/private").status_code, client.post("/login").json(), client.get("/private").headers["cache-control"])
    print(client.post("/logout", follow_redirects=False).status_code, client.get("/private").status_code)
`;
    expect(await run("starlette", program)).toBe("401 {'name': 'Ada'} no-store\n303 401");
  });

  test("Django's example signs in, guards, lists devices, and signs out", async () => {
    const program = `${DJANGO}
from django.test import Client
client, phone = Client(), Client()
print(client.get("/private").status_code, client.get("/login").status_code)
print(phone.post("/login").status_code, client.post("/login")["Location"], client.get("/private").json())
answer = client.get("/devices")
print(sorted(each["current"] for each in answer.json()), answer["Cache-Control"])
print(client.post("/logout-everywhere").status_code, phone.get("/private").status_code)
phone.post("/login")
print(phone.post("/logout", HTTP_ORIGIN="https://evil.example").status_code, phone.get("/private").status_code)
print(phone.post("/logout").status_code, phone.get("/private").status_code)
`;
    expect(await run("django", program)).toBe(
      [
        "401 405",
        "303 /private {'name': 'Ada'}",
        "[False, True] no-store",
        "303 401",
        "403 200",
        "303 401",
      ].join("\n"),
    );
  });

  test("Django's middleware guards async views as well", async () => {
    const program = `${DJANGO}
import asyncio
from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.test import AsyncClient
from django.urls import path
from shop import urls
from shop.auth import auth

async def page(request):
    return HttpResponse(auth.session(request).data["name"])

@auth.not_required
async def login(request):
    signed_in = await sync_to_async(auth.sign_in)(request, {"name": "Ada"})
    return signed_in.add_to(HttpResponse())

urls.urlpatterns = [path("page", page), path("sign-in", login)]
async def main():
    client = AsyncClient()
    before = await client.get("/page")
    await client.post("/sign-in")
    after = await client.get("/page")
    print(before.status_code, after.content.decode())
asyncio.run(main())
`;
    expect(await run("django", program)).toBe("401 Ada");
  });
});
