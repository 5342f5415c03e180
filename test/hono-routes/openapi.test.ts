import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { rwtOpenApi } from "../../src/hono-routes/index.ts";
import { createRwt, StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { ada, appWith, bearer, billing, mail, post, rwt, secret, store, type User } from "./fixture.ts";

interface Described {
  readonly headers: Record<string, { readonly required?: boolean; readonly schema: object }>;
  readonly content?: { readonly "application/json": { readonly schema: object } };
}
interface Operation {
  readonly requestBody: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, Described>;
}
interface Description {
  readonly openapi: string;
  readonly info: object;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Record<string, { readonly post: Operation }>;
}

const validator = new Validator();
const validity = await validator.validate(rwtOpenApi({ server: "/oauth", title: "Who is in" }));
/** The description with its references resolved. */
const description = validator.resolveRefs() as unknown as Description;
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });

const down = () => Promise.reject(new StoreUnavailableError("network", "gone"));
const broken: TokenStore = { ...store, check: down, extend: down, destroy: down };
const app = appWith({
  clients: [billing, { ...mail, may: [] }],
  claims: ({ data }) => ({ role: data.role }),
});
const outOfOrder = appWith({ rwt: createRwt<User>({ store: broken, secret }) });
const token = await rwt.sign(ada, {
  subject: "42",
  auth: { amr: ["pwd"], acr: "1" },
  act: { sub: "support-7", reason: "a ticket" },
});

/** For each status in the description, requests that get it. */
const REQUESTS: Readonly<Record<string, (path: string) => readonly (Response | Promise<Response>)[]>> = {
  200: (path) => [
    post(app, path, { token: "junk", token_type_hint: "access_token" }),
    post(app, path, { token }),
    post(app, path, { token }, bearer(billing.secret)),
  ],
  400: (path) => [
    post(app, path, {}),
    post(app, `${path}?token=${token}`, {}),
    post(app, path, "token=a&token=b"),
  ],
  401: (path) => [post(app, path, { token }, {}), post(app, path, { token }, bearer("x"))],
  403: (path) => [post(app, path, { token }, bearer(mail.secret[0] ?? ""))],
  413: (path) => [post(app, path, { token, x: "x".repeat(9000) })],
  415: (path) => [post(app, path, "{}", { ...bearer(billing.secret), "Content-Type": "application/json" })],
  503: (path) => [post(outOfOrder, path, { token })],
};

describe("the description", () => {
  test("is OpenAPI 3.1, according to an independent validator", () => {
    expect(validity).toEqual({ valid: true });
    expect([validator.version, description.openapi]).toEqual(["3.1", "3.1.0"]);
  });

  test("has the routes' URL and the title that it was given", () => {
    expect(description.servers).toEqual([{ url: "/oauth" }]);
    expect(description.info).toMatchObject({ title: "Who is in" });
    expect(rwtOpenApi()).toMatchObject({ servers: [{ url: "/" }], info: { title: "Sessions" } });
  });

  test("is JSON and a new object each time, so that the caller can add the claims", () => {
    const one = rwtOpenApi() as { components: { schemas: Record<string, object> } };
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
    one.components.schemas.Introspection = {};
    expect(rwtOpenApi()).not.toEqual(one);
  });

  test("has the statuses that are tested here, and no others", () => {
    for (const { post } of Object.values(description.paths)) {
      expect(Object.keys(post.responses)).toEqual(Object.keys(REQUESTS));
    }
  });
});

describe.each(Object.entries(description.paths))("%s", (path, { post: operation }) => {
  test.each(Object.entries(operation.responses))("answers %s as described", async (status, described) => {
    for (const response of (await Promise.all(REQUESTS[status]?.(path) ?? [])) as readonly Response[]) {
      expect(response.status).toBe(Number(status));
      for (const [name, { required, schema }] of Object.entries(described.headers)) {
        const value = response.headers.get(name);
        expect(value !== null, name).toBe(required);
        const isInteger = "type" in schema && schema.type === "integer";
        expectFits(schema, isInteger ? Number(value) : value);
      }
      const text = await response.text();
      const content = described.content?.["application/json"];
      expect(text === "", text).toBe(content === undefined);
      if (content === undefined) continue;
      expect(response.headers.get("Content-Type")).toBe("application/json");
      expectFits(content.schema, JSON.parse(text));
    }
  });

  test("describes the form that it takes", async () => {
    const schema = operation.requestBody.content["application/x-www-form-urlencoded"]?.schema ?? {};
    const isValid = ajv.compile(schema);
    for (const form of [{ token: "x" }, { token: "x", further: "y" }, {}, { token: "" }]) {
      expect((await post(app, path, form as Record<string, string>)).ok).toBe(isValid(form));
    }
  });
});

test("an introspection that reveals more about a dead token than allowed doesn't match the description", () => {
  const { schema = {} } =
    description.paths["/introspect"]?.post.responses[200]?.content?.["application/json"] ?? {};
  const isValid = ajv.compile(schema);
  expect(isValid({ active: false })).toBe(true);
  for (const wrong of [{ active: false, sub: "42" }, { active: true }, {}, { active: "true", exp: 1 }]) {
    expect(isValid(wrong), JSON.stringify(wrong)).toBe(false);
  }
});

function expectFits(schema: object, value: unknown): void {
  const isValid = ajv.compile(schema);
  if (!isValid(value)) expect.fail(`${JSON.stringify(value)}: ${ajv.errorsText(isValid.errors)}`);
}
