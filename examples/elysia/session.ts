import { Elysia } from "elysia";
import { authenticate } from "./auth.ts";

/** `app.use(session).get(path, ({ user }) => …, { session: true })`: the route needs a live session. */
export const session = new Elysia({ name: "session" }).macro({
  session: {
    async resolve({ request, set, status }) {
      const found = await authenticate(request);
      if (found instanceof Response) {
        found.headers.forEach((value, name) => {
          set.headers[name] = value;
        });
        return status(found.status, await found.text()); // 400, 401, 403 or 503
      }
      set.headers["cache-control"] = "no-store";
      return { user: found.data };
    },
  },
});
