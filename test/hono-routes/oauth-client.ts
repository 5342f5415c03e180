import * as oauth from "oauth4webapi";

/** oauth4webapi as a client of an origin's routes. It throws for every answer that isn't valid. */
export interface OauthClient {
  introspect(token: string): Promise<oauth.IntrospectionResponse>;
  revoke(token: string, parameters?: Record<string, string>): Promise<undefined>;
}

export function oauthClient(origin: string, client_id: string, auth: oauth.ClientAuth): OauthClient {
  const as: oauth.AuthorizationServer = {
    issuer: origin,
    introspection_endpoint: `${origin}/oauth/introspect`,
    revocation_endpoint: `${origin}/oauth/revoke`,
  };
  const client: oauth.Client = { client_id };
  const insecure = { [oauth.allowInsecureRequests]: true };
  return {
    async introspect(token) {
      const response = await oauth.introspectionRequest(as, client, auth, token, insecure);
      return oauth.processIntrospectionResponse(as, client, response);
    },
    async revoke(token, additionalParameters = {}) {
      const options = { ...insecure, additionalParameters };
      const response = await oauth.revocationRequest(as, client, auth, token, options);
      return oauth.processRevocationResponse(response);
    },
  };
}

/** The error with which the client rejects a refusal. */
export const refused = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => {
      throw new Error("was not refused");
    },
    (error: unknown) => error,
  );

/** Status and Retry-After of an answer that isn't an OAuth error for the client. */
export async function outageOf(call: Promise<unknown>): Promise<readonly [number, string | null]> {
  const { cause } = (await refused(call)) as { readonly cause: Response };
  return [cause.status, cause.headers.get("Retry-After")];
}
