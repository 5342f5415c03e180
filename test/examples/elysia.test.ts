import { join } from "node:path";
import { bin } from "../support/bin.ts";
import { exampleCopy } from "./example-copy.ts";
import { describeExample } from "./flow.ts";

await describeExample("elysia", () => join(exampleCopy("elysia"), "server.ts"), bin("bun"));
