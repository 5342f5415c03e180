import { type MiddlewareFunction, Outlet } from "react-router";

/** No cache may keep what depends on a session. */
const noStore: MiddlewareFunction<Response> = async (_, next) => {
  const response = await next();
  response.headers.set("Cache-Control", "no-store");
  return response;
};
export const middleware = [noStore];

export default Outlet;
