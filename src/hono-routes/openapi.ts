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
 * Returns the OpenAPI 3.1 description of `rwtRoutes`, for you to serve or to write to a file.
 *
 * @throws OptionTypeError if an option is wrong
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
  // A copy, which the caller may change.
  return structuredClone({
    openapi: "3.1.0",
    info: { title: wellFormedText("title", title), version: "1" },
    servers: [{ url: wellFormedText("server", server) }],
    security: [{ basic: [] }, { bearer: [] }],
    paths: {
      "/introspect": operation(
        "introspect",
        "Tells whether a token is live, and whose it is (RFC 7662)",
        "Token",
        {
          description: "The token's state at this moment",
          ...jsonOf("Introspection"),
        },
      ),
      "/revoke": operation("revoke", "Ends a token's session in every service (RFC 7009)", "Token", {
        description: "The session has ended, or didn't exist",
        headers: { "Cache-Control": ref("headers", "NoStore") },
      }),
      "/token/extend": operation("extend", "Restarts a session's idle timeout", "Extension", {
        description: "Whether the token is live",
        ...jsonOf("Activity"),
      }),
    },
    components: { securitySchemes, headers, schemas, responses },
  });
}

const ref = (kind: "headers" | "responses" | "schemas", name: string): object => ({
  $ref: `#/components/${kind}/${name}`,
});

/** A JSON response that must not be cached. */
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
const token = { type: "string", minLength: 1, description: "Any text: what isn't a token isn't live" };
const hint = { type: "string", description: "Accepted and ignored: there is only one type of token" };
const active = { type: "boolean", description: "Whether the token is live" };

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
        description:
          "Seconds until idle expiry, for this call only; by default the session's own idle timeout",
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
              "The session's deadline, Unix seconds: it may end earlier, by idle timeout or revocation",
          },
          sid: { type: "string", description: "The session's id, which isn't a token" },
          auth_time: { ...unixSeconds, description: "When the user last proved who they are, Unix seconds" },
          acr: { type: "string", description: "At which level of assurance" },
          amr: { type: "array", items: { type: "string" }, description: "By which methods (RFC 8176)" },
          act: {
            type: "object",
            required: ["sub"],
            properties: { sub: { type: "string" } },
            description: "Who acts as the user (RFC 8693)",
          },
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
  400: failure("The form is invalid, a parameter is repeated, or a token or secret is in the URL"),
  401: failure("Unknown client", { "WWW-Authenticate": ref("headers", "Challenge") }),
  403: failure("The client isn't allowed to do this"),
  413: failure("The body is too large"),
  415: failure("The body isn't a form"),
  503: failure(
    "The session store doesn't answer: assume that the token is live, and retry (RFC 7009 §2.2.1)",
    {
      "Retry-After": ref("headers", "RetryAfter"),
    },
  ),
};
