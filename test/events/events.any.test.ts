import { expect, test } from "vitest";
import { events, type RwtEvent } from "../../src/events/index.ts";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { forged } from "../support/forged.ts";

test("events need nothing from Node, also for concurrent calls", async () => {
  const secret = "a secret of the tests, 32 bytes or more";
  const heard: RwtEvent[] = [];
  const onEvent = (event: RwtEvent) => void heard.push(event);
  const rwt = createRwt({ store: memoryStore(), secret }).with(events({ onEvent }));
  const token = await rwt.sign("in");
  const both = [rwt.verify(token), rwt.verify(forged(token))];
  expect((await Promise.all(both)).map((session) => session?.data)).toEqual(["in", undefined]);
  await rwt.destroy(token);
  const ids = heard.map((event) => "session" in event && event.session);
  const kinds = heard.map((event) => (event.type === "rejected" ? event.reason : event.type));
  expect(kinds.sort()).toEqual(["destroyed", "forged", "signed", "verified"]);
  expect(new Set(ids.filter(Boolean)).size).toBe(1);
});
