import { exampleBehaviour } from "./behaviour.ts";
import { startService } from "./service.ts";

exampleBehaviour("the Worker, in workerd, on the memory store", () => startService("worker"));
