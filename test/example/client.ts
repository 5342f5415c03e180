export const ADA = { user: "ada", password: "correct horse battery staple" } as const;
export const GRACE = { user: "grace", password: "hopper" } as const;

const BROWSER_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

export interface Visit {
  readonly method?: "GET" | "POST";
  readonly cookie?: string | undefined;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls as a browser does from a page of the same site, but without following redirects. */
export function browse(url: string, visit: Visit = {}): Promise<Response> {
  const { method = visit.form ? "POST" : "GET", cookie, form, headers } = visit;
  return fetch(url, {
    method,
    redirect: "manual",
    headers: {
      Accept: BROWSER_ACCEPT,
      ...(method === "POST" && { Origin: new URL(url).origin, "Sec-Fetch-Site": "same-origin" }),
      ...(cookie !== undefined && { Cookie: cookie }),
      ...headers,
    },
    ...(form && { body: new URLSearchParams(form) }),
  });
}

/** Calls as a program does, with JSON. */
export function call(
  url: string,
  { headers, ...init }: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Response> {
  const { body, method = body === undefined ? "GET" : "POST" } = init;
  return fetch(url, {
    method,
    redirect: "manual",
    headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

export const bearer = (token: string): { headers: Record<string, string> } => ({
  headers: { Authorization: `Bearer ${token}` },
});

/** Signs in and returns the token. */
export async function tokenFrom(url: string, credentials: object = ADA): Promise<string> {
  const answer = await call(`${url}/login`, { body: credentials });
  const body: unknown = await answer.json();
  if (answer.status !== 200) throw new Error(`login: ${answer.status} ${JSON.stringify(body)}`);
  return (body as { token: string }).token;
}

export const isAlive = async (url: string, token: string): Promise<boolean> => {
  const answer = await call(`${url}/private`, bearer(token));
  if (answer.status !== 200 && answer.status !== 401) throw new Error(`/private: ${answer.status}`);
  return answer.status === 200;
};

export const logOut = async (url: string, token: string): Promise<unknown> =>
  (await call(`${url}/logout`, { method: "POST", ...bearer(token) })).json();

/** The cookie that a response sets, as a browser sends it back. If there are several, the last one. */
export function cookieOf(answer: Response): string {
  const [cookie = ""] = (answer.headers.getSetCookie().at(-1) ?? "").split(";");
  return cookie;
}
