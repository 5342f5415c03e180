import { knownOptions, MAX_SECONDS, wellFormedText } from "../lib/check.ts";

/** Options of `rwtOpenApi`. */
export interface OpenApiOptions {
  /**
   * Where the routes are mounted: a path or a URL.
   * @default "/"
   */
  readonly server?: string | undefined;
  /**
   * The title of the description.
   * @default "Sessions"
   */
  readonly title?: string | undefined;
}

/**
 * Describes what `rwtRoutes` serves, as an OpenAPI 3.1 document, to be served or written to a file.
 *
 * @throws OptionTypeError where an option is wrong
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { rwtOpenApi } from "redis-web-token/hono-routes";
 *
 * const app = new Hono();
 * app.get("/openapi.json", (c) => c.json(rwtOpenApi({ server: "/oauth" })));
 * ```
 */
export function rwtOpenApi(options: OpenApiOptions = {}): Record<string, unknown> {
  const { server = "/", title = "Sessions" } = knownOptions("rwtOpenApi's options", options, [
    "server",
    "title",
  ]);
  // The caller may change what it gets.
  return structuredClone({
    openapi: "3.1.0",
    info: { title: wellFormedText("title", title), version: "1" },
    servers: [{ url: wellFormedText("server", server) }],
    security: [{ basic: [] }, { bearer: [] }],
    paths: {
      "/introspect": operation("introspect", "Whether a token lives, and whose it is (RFC 7662)", "Token", {
        description: "What is known of the token, for the moment",
        ...jsonOf("Introspection"),
      }),
      "/revoke": operation("revoke", "Ends a token's session, for every service (RFC 7009)", "Token", {
        description: "There is no such session, or there is none any more",
        headers: { "Cache-Control": ref("headers", "NoStore") },
      }),
      "/token/extend": operation("extend", "Restarts a session's idle time", "Extension", {
        description: "Whether the token lives",
        ...jsonOf("Activity"),
      }),
    },
    components: { securitySchemes, headers, schemas, responses },
  });
}

const ref = (kind: "headers" | "responses" | "schemas", name: string): object => ({
  $ref: `#/components/${kind}/${name}`,
});

/** JSON that nobody may keep. */
const jsonOf = (schema: string, further: object = {}): object => ({
  headers: { "Cache-Control": ref("headers", "NoStore"), ...further },
  content: { "application/json": { schema: ref("schemas", schema) } },
});

const operation = (operationId: string, summary: string, form: string, success: object): object => ({
  post: {
    operationId,
    summary,
    requestBody: {
      required: true,
      content: { "application/x-www-form-urlencoded": { schema: ref("schemas", form) } },
    },
    responses: {
      200: success,
      ...Object.fromEntries(Object.keys(responses).map((status) => [status, ref("responses", status)])),
    },
  },
});

const securitySchemes = {
  basic: {
    type: "http",
    scheme: "basic",
    description: "The client's id and secret, each form-urlencoded (RFC 6749 §2.3.1)",
  },
  bearer: { type: "http", scheme: "bearer", description: "The client's secret" },
};

const headers = {
  NoStore: { required: true, schema: { const: "no-store" } },
  Challenge: { required: true, description: "RFC 9110 §11.6.1", schema: { type: "string" } },
  RetryAfter: { required: true, description: "Seconds", schema: { type: "integer", minimum: 1 } },
};

const unixSeconds = { type: "integer", minimum: 0 };
const token = { type: "string", minLength: 1, description: "Any text; what isn't a token is not live" };
const hint = { type: "string", description: "Taken and ignored: there is one type of token" };
const active = { type: "boolean", description: "Whether the token lives" };

const schemas = {
  Token: { type: "object", required: ["token"], properties: { token, token_type_hint: hint } },
  Extension: {
    type: "object",
    required: ["token"],
    properties: {
      token,
      expire: {
        type: "integer",
        minimum: 1,
        maximum: MAX_SECONDS,
        description: "Seconds of idleness from now, this once; the token's own by default",
      },
    },
  },
  Introspection: {
    oneOf: [
      {
        type: "object",
        required: ["active"],
        properties: { active: { const: false } },
        additionalProperties: false,
      },
      {
        type: "object",
        required: ["active", "token_type", "exp"],
        properties: {
          active: { const: true },
          token_type: { const: "Bearer" },
          sub: { type: "string", description: "The user's id" },
          iat: { ...unixSeconds, description: "When the session began, Unix seconds" },
          exp: {
            ...unixSeconds,
            description:
              "The session's deadline, Unix seconds: it may end earlier, by idleness or revocation",
          },
          sid: { type: "string", description: "Names the session; it is no token" },
        },
        additionalProperties: true,
      },
    ],
  },
  Activity: {
    type: "object",
    required: ["active"],
    properties: { active },
    additionalProperties: false,
  },
  Error: {
    type: "object",
    required: ["error", "error_description"],
    properties: {
      error: {
        enum: ["invalid_request", "invalid_client", "unauthorized_client", "temporarily_unavailable"],
      },
      error_description: { type: "string" },
    },
    additionalProperties: false,
  },
};

const failure = (description: string, further?: object): object => ({
  description,
  ...jsonOf("Error", further),
});

const responses = {
  400: failure("The form is wrong, a parameter is repeated, or a token or secret is in the URL"),
  401: failure("No client that is known", { "WWW-Authenticate": ref("headers", "Challenge") }),
  403: failure("The client may not ask for this"),
  413: failure("The body is too large"),
  415: failure("The body is no form"),
  503: failure("The session store is out: the token must be taken for alive (RFC 7009 §2.2.1)", {
    "Retry-After": ref("headers", "RetryAfter"),
  }),
};
