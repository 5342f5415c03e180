import { describe, expect, test } from "vitest";
import { rwtAuth } from "../../src/hono/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { rwt, signed } from "../hono/fixture.ts";

/** Whether a page of an origin may post if `named` is in csrf.origins. */
async function mayPost(named: string, origin: string): Promise<boolean> {
  const { authenticate } = requestAuth({ rwt, from: ["cookie"], csrf: { origins: [named] } });
  const headers = {
    Origin: origin,
    "Sec-Fetch-Site": "cross-site",
    Cookie: `__Host-rwt=${await signed("Ada")}`,
  };
  const answer = await authenticate(
    new Request("https://api.example.org/orders", { method: "POST", headers }),
  );
  return !(answer instanceof Response);
}

describe("csrf.origins", () => {
  test.each([
    "https://app.example.org",
    "https://app.example.org:8443",
    "http://localhost:5173",
    "http://[::1]:5173",
    "http://127.0.0.1",
    "capacitor://localhost",
    "ionic://localhost",
    "tauri://localhost",
    "app://.",
    "app://obsidian.md",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "moz-extension://3b2f4b1e-0000-4000-8000-000000000000",
    "safari-web-extension://E4B1C2D3-0000-4000-8000-000000000000",
    "vscode-webview://1a2b",
    "ms-appx-web://microsoft.example",
    "wsapp://localhost",
    "ftp-client://localhost",
  ])("accept a page of %s", async (origin) => {
    expect(await mayPost(origin, origin)).toBe(true);
    expect(await mayPost(origin, "https://evil.example")).toBe(false);
    expect(await mayPost(origin, "null")).toBe(false);
  });

  test.each([
    ["https://App.Example.org", "https://app.example.org"],
    ["HTTPS://app.example.org", "https://app.example.org"],
    ["https://app.example.org:443", "https://app.example.org"],
    ["http://app.example.org:80", "http://app.example.org"],
    ["https://app.example.org.", "https://app.example.org"],
    ["https://bücher.example", "https://xn--bcher-kva.example"],
    ["https://BÜCHER.example", "https://xn--bcher-kva.example"],
    ["Capacitor://localhost", "capacitor://localhost"],
    ["capacitor://LocalHost", "capacitor://localhost"],
    ["capacitor://localhost", "capacitor://LocalHost"],
    ["tauri://localhost.", "tauri://localhost"],
  ])("may be written in another form than browsers send: %s", async (named, sent) => {
    expect(await mayPost(named, sent)).toBe(true);
  });

  test.each([
    ["https://app.example.org", "http://app.example.org"],
    ["https://app.example.org", "https://app.example.org:8443"],
    ["https://app.example.org", "https://www.app.example.org"],
    ["https://app.example.org", "https://app.example.org.evil.example"],
    ["capacitor://localhost", "ionic://localhost"],
    ["capacitor://localhost", "http://localhost"],
    ["http://localhost", "capacitor://localhost"],
  ])("%s is not %s", async (named, sent) => {
    expect(await mayPost(named, sent)).toBe(false);
  });

  test.each([
    "https://*.vercel.app",
    "https://*",
    "*",
    "https:xxapp.example.org",
    "https:app.example.org",
    "https:/app.example.org",
    "https:\\\\app.example.org",
    "https://a b",
    "https://app.example.org ",
    " https://app.example.org",
    "https://app.example.org/",
    "https://app.example.org/path",
    "https://app.example.org?x=1",
    "https://app.example.org#x",
    "https://user@app.example.org",
    "https://user:password@app.example.org",
    "https://app.example.org,https://www.example.org",
    "https://app.example.org:99999",
    "https://%61pp.example.org",
    "https://",
    "app.example.org",
    "//app.example.org",
    "wss://app.example.org",
    "ws://app.example.org",
    "ftp://app.example.org",
    "file://localhost",
    "https://.app.example.org",
    "https://{tenant}.example.org",
    "https://$HOST",
    "https://app.example.org;",
    "https://app.example.org&x",
    "https://(www).example.org",
    "https://'app.example.org'",
    'https://"app.example.org"',
    "https://[*]",
    "capacitor://{host}",
    "capacitor://loc<al>host",
    "null",
    "undefined",
    "",
  ])("refuse values that no browser sends: %j", (origin) => {
    const options = { rwt, from: ["cookie"], csrf: { origins: [origin] } } as const;
    for (const make of [() => requestAuth(options), () => rwtAuth(options)]) {
      expect(make).toThrow(
        expect.objectContaining({
          code: "ERR_RWT_OPTION_RANGE",
          option: "csrf.origins",
          message: expect.stringContaining('such as "https://'),
        }),
      );
    }
  });

  test.each([[5], [null], [undefined], [["https://app.example.org"]], [{}]])(
    "must be strings, not %j",
    (origin) => {
      expect(() => requestAuth({ rwt, from: ["cookie"], csrf: { origins: [origin] } } as never)).toThrow(
        expect.objectContaining({ code: "ERR_RWT_OPTION_TYPE", option: "csrf.origins" }),
      );
    },
  );
});
