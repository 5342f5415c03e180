import { memoryStore } from "../../src/stores/memory/index.ts";
import { runSuites } from "../support/run-suites.ts";
import { createTimeMachine } from "./time-machine.ts";

const time = createTimeMachine();
const store = memoryStore({ now: time.now });
runSuites("memory", time, () => store);
