import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { php, phpMissing, python, pythonMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
const secret = "a secret that all languages share, 32 bytes or more";
const env = { ...process.env, RWT_SECRET: secret };
const folder = mkdtempSync(join(tmpdir(), "rwt-readme-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The code blocks of a language's README, with the tests' Redis. */
function codesOf(language: "php" | "python"): string[] {
  const readme = readFileSync(join(root, `interop/${language}/README.md`), "utf8");
  const blocks = [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))];
  return blocks.map(([, code = ""]) => code.replace("6379", String(redis.port)));
}

test.skipIf(php === undefined)(`the PHP README's code does what it says${phpMissing}`, () => {
  const file = join(folder, "readme.php");
  const autoload = `require ${JSON.stringify(join(root, "interop/php/autoload.php"))};`;
  const code = codesOf("php")[0]?.replace("$rwt = new", `${autoload}\n$rwt = new`);
  writeFileSync(
    file,
    `${code}\necho json_encode([$user, count($page["sessions"]), $rwt->verify($token, $secret)]);`,
  );
  expect(execFileSync(php ?? "", [file], { env, encoding: "utf8" })).toBe('[{"name":"Ada"},1,false]');
});

describe.skipIf(python === undefined)(`the Python README's code does what it says${pythonMissing}`, () => {
  const [calls = "", fastapi = "", starlette = "", djangoAuth = "", djangoViews = ""] = codesOf("python");

  /** Runs a program with the package's source, and returns what it prints. */
  function run(program: string): string {
    const file = join(folder, "readme.py");
    writeFileSync(file, program);
    const PYTHONPATH = `${join(root, "interop/python/src")}:${folder}`;
    return execFileSync(python ?? "", [file], { env: { ...env, PYTHONPATH }, encoding: "utf8" }).trim();
  }

  test("the calls", () => {
    const shown = run(`${calls}\nprint(session.data, user, len(page.sessions), rwt.verify(token))`);
    expect(shown).toBe("{'name': 'Ada'} {'name': 'Ada', 'plan': 2} 1 None");
  });

  const HTTPS = 'client = TestClient(app, base_url="https://shop.example")';

  test("FastAPI", () => {
    const use = `
from fastapi.testclient import TestClient
${HTTPS}
print(client.get("/me").status_code, client.post("/sign-in").status_code, client.get("/me").json())`;
    expect(run(fastapi + use)).toBe("401 200 {'name': 'Ada'}");
  });

  test("Starlette", async () => {
    await using rwt = createRwt({ store: ioredisStore(redis.url), secret });
    const token = await rwt.sign({ name: "Ada" });
    const use = `
from starlette.testclient import TestClient
${HTTPS}
client.headers["Authorization"] = "Bearer ${token}"
print(client.get("/me").json(), client.post("/sign-out").json(), client.get("/me").status_code)`;
    expect(run(starlette + use)).toBe("{'name': 'Ada'} {'ended': True} 401");
  });

  test("Django", () => {
    mkdirSync(join(folder, "shop"), { recursive: true });
    writeFileSync(join(folder, "shop/auth.py"), djangoAuth);
    writeFileSync(join(folder, "shop/views.py"), djangoViews);
    const use = `
import types, sys, django
from django.conf import settings
settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="x", ROOT_URLCONF="urls", MIDDLEWARE=["shop.auth.middleware"])
django.setup()
from django.test import Client
from django.urls import path
from shop import views
sys.modules["urls"] = types.ModuleType("urls")
sys.modules["urls"].urlpatterns = [path("me", views.me), path("sign-in", views.sign_in)]
client = Client()
before = client.get("/me").status_code
cookie = client.post("/sign-in")["Set-Cookie"].split(";")[0]
print(before, client.get("/me", HTTP_COOKIE=cookie).json())`;
    expect(run(use)).toBe("401 {'name': 'Ada'}");
  });
});
