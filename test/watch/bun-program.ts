/** Watches sessions in Bun, and says what it hears. Only for tests. */
import { createRwt } from "redis-web-token";
import { bunRedisStore } from "redis-web-token/bun";
import { watch } from "redis-web-token/watch";

const [url = "", ...tokens] = process.argv.slice(2);
const rwt = createRwt({
  store: bunRedisStore(url, { timeout: 500 }),
  secret: "a secret of the watch tests, 32 bytes",
}).with(watch({ every: 1 }));
await Promise.all(
  tokens.map(async (token, at) => {
    for await (const event of rwt.watch(token)) {
      const more = "session" in event ? event.session.data : "reason" in event ? event.reason : "";
      console.log(`${at} ${event.type} ${more}`.trim());
    }
  }),
);
await rwt.disconnect();
