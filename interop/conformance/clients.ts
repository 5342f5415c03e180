import { php, phpMissing, python, pythonMissing } from "../../test/support/interop.ts";
import { type Client, missingClient, startClient } from "./client.ts";
import * as commands from "./commands.ts";
import { startWorkerdClient } from "./workerd.ts";

/** A client that every run has. */
interface Known {
  readonly name: string;
  readonly missing?: string;
  start(): Promise<Client>;
}

const onNode: Known = { name: "TypeScript on Node", start: () => startClient(commands.onNode) };

const inPhp = (client: string): Known => ({
  name: `PHP with ${client}`,
  ...(php === undefined && { missing: phpMissing }),
  start: () => startClient(commands.inPhp(client)),
});

const inPython = (kind: string): Known => ({
  name: `Python (${kind})`,
  ...(python === undefined && { missing: pythonMissing }),
  start: () => startClient(commands.inPython(kind)),
});

const known: readonly Known[] = [
  onNode,
  { name: "TypeScript in workerd", start: startWorkerdClient },
  inPhp("phpredis"),
  inPhp("predis"),
  inPython("sync"),
  inPython("asyncio"),
];

/** The command lines of `--client`. */
const given: readonly string[] = JSON.parse(process.env.RWT_CLIENTS ?? "[]");

const open = (all: readonly Known[]): Promise<Client[]> =>
  Promise.all(
    all.map(({ name, missing, start }) => (missing === undefined ? start() : missingClient(name, missing))),
  );

/** Starts the clients that the suites test: those of `--client`, or else all that the project has. */
export const startClients = (): Promise<Client[]> =>
  given.length > 0 ? Promise.all(given.map(startClient)) : open(known);

/** The clients of the matrix: those that are tested, and TypeScript. */
export const startMatrix = async (): Promise<Client[]> =>
  given.length > 0 ? [...(await open([onNode])), ...(await startClients())] : startClients();
