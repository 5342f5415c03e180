import { inject } from "vitest";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { createTimeMachine, restSender } from "../conformance/time-machine.ts";
import { runSuites } from "../support/run-suites.ts";

const url = inject("restUrl");
const token = inject("restToken");

const clock = createTimeMachine();
const memory = memoryStore({ now: clock.now });
runSuites("workerd, memory", clock, () => memory);

const redisTime = createTimeMachine(restSender(url, token));
runSuites("workerd, upstash", redisTime, () => upstashStore({ url, token }));
