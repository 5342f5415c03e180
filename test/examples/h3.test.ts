import { join } from "node:path";
import { exampleCopy } from "./example-copy.ts";
import { describeExample } from "./flow.ts";

await describeExample("h3", () => join(exampleCopy("h3"), "server.ts"));
