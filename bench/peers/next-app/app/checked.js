/** A Route Handler that calls a library's check as a function. */
export const checked = (open) => {
  let peer;
  return async (request) => {
    peer ??= open(process.env.REDIS_URL ?? "");
    const { verify } = await peer;
    const credential = request.headers.get("authorization")?.slice(7) ?? request.headers.get("cookie") ?? "";
    const user = await verify(credential);
    return user ? Response.json({ id: user.id }) : Response.json({ error: "unauthorized" }, { status: 401 });
  };
};
