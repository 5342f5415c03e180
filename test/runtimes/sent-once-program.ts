/** Loses the replies of writes over HTTP, on a connection that was used before, and prints what each call said and did, as JSON. */
import { createRwt } from "../../src/index.ts";
import { createOnce } from "../../src/once/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { upstashStore } from "../../src/stores/upstash.ts";

const [url = "", token = ""] = process.argv.slice(2);
const store = upstashStore({ url, token });
const secret = "a secret of the tests, 32 bytes or more";
const rwt = createRwt<number>({ store, secret }).with(sessions());
const once = createOnce<number>({ store, secret, purpose: "tests", expire: 60 });

const fault = async (faults: object): Promise<void> => {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/_faults`, { method: "PUT", headers, body: JSON.stringify(faults) });
  await response.text();
};
const losingTheReply = (): Promise<void> => fault({ dropAfter: { value: true, times: 1 } });
const said = (call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: { readonly reason?: string; readonly name: string }) => error.reason ?? error.name);

// Redis must know the scripts, or the reply that is lost is that it doesn't.
await once.consume(await once.issue(0, { subject: "warm", replaces: true }));
const session = await rwt.sign(0, { subject: "42" });
await rwt.update(session, 0);

const seen: Record<string, unknown> = {};
for (const replaces of [false, true]) {
  const link = await once.issue(1, { subject: "42", replaces });
  await losingTheReply();
  seen[replaces ? "consume of a replaceable token" : "consume"] = await said(once.consume(link));
}
const code = await once.issueCode({ subject: "42", data: 1, attempts: 2 });
await losingTheReply();
seen.guess = await said(once.consumeCode("42", code === "000000" ? "111111" : "000000"));
seen["the code after one of two wrong guesses"] = (await once.consumeCode("42", code))?.data;
let calls = 0;
const add = async (count: number): Promise<number> => {
  calls++;
  await losingTheReply();
  return count + 1;
};
seen.update = await said(rwt.update(session, add));
await fault({});
seen["the function's calls"] = calls;
seen["the data"] = (await rwt.verify(session))?.data;
await fault({ status: { value: { code: 400, body: '{"error":"READONLY no writes"}' }, times: 1 } });
seen["an error reply"] = await said(rwt.update(session, 1));
await fault({ status: { value: { code: 502, body: "<html>" }, times: 1 } });
seen["no JSON"] = await said(rwt.update(session, 1));
await fault({ hang: { value: true, times: 1 } });
seen["a caller who gives up"] = await said(rwt.update(session, 1, { signal: AbortSignal.timeout(200) }));
await fault({});
seen["a sign and a verify that comes after it"] = (
  await rwt.verify(await rwt.sign(5), { after: await rwt.mark() })
)?.data;
console.log(JSON.stringify(seen));
process.exit(0);
