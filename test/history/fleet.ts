import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { NEVER, now } from "./clock.ts";
import { Host } from "./host.ts";
import type { Stall } from "./lag.ts";
import type {
  Answers,
  Calls,
  Failure,
  FromHost,
  Operation,
  Reply,
  Request,
  ServiceSpec,
  ToHost,
  Usage,
} from "./protocol.ts";

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));
const PATIENCE_MS = 8_000;

export interface HostSpec {
  readonly name: string;
  /** In this process, or in a process of Node or Bun. */
  readonly runtime: "here" | "node" | "bun";
  readonly services: readonly ServiceSpec[];
}

export interface Service {
  readonly name: string;
  readonly spec: ServiceSpec;
  readonly host: Connection;
  readonly index: number;
}

/** The result of an operation. It took effect between `from` and `to`. */
export interface Result<Answer> {
  readonly from: number;
  readonly to: number;
  readonly failure?: Failure;
  readonly answer?: Answer;
}

/** Receives what the hosts report outside of replies. */
export interface Listener {
  fatal(what: string): void;
  event(service: Service, type: string, subject: string | undefined): void;
  stall(stall: Stall): void;
}

interface Waiting {
  readonly sent: number;
  readonly resolve: (result: Result<unknown>) => void;
}

/** All hosts of a run, and the requests that they haven't answered yet. */
export class Fleet {
  readonly services: Service[] = [];
  readonly connections: Connection[] = [];
  readonly waiting = new Map<number, Waiting>();
  #nextId = 1;

  static async start(hosts: readonly HostSpec[], listener: Listener): Promise<Fleet> {
    const fleet = new Fleet();
    for (const host of hosts) {
      const connection = new Connection(host, (message) => fleet.#hear(connection, message, listener));
      fleet.connections.push(connection);
      connection.onExit = (how) => listener.fatal(`host ${host.name} ended: ${how}`);
      for (const [index, spec] of host.services.entries()) {
        fleet.services.push({ name: `${host.name}/${spec.name}`, spec, host: connection, index });
      }
    }
    await Promise.all(fleet.connections.map((connection) => connection.start()));
    return fleet;
  }

  /** @param sent - the time before the request was sent */
  ask<Op extends Operation>(
    service: Service,
    operation: Op,
    call: Calls[Op],
    sent: number,
  ): Promise<Result<Answers[Op]>> {
    const id = this.#nextId++;
    service.host.request({ id, service: service.index, operation, call });
    return new Promise((resolve) => {
      this.waiting.set(id, { sent, resolve: (result) => resolve(result as Result<Answers[Op]>) });
    });
  }

  usage(): Promise<readonly (Usage | undefined)[]> {
    return Promise.all(this.connections.map((connection) => connection.usage()));
  }

  /** @returns for each host, what kept its process from ending after `disconnect` */
  async stop(): Promise<readonly { readonly host: string; readonly left: readonly string[] | undefined }[]> {
    return Promise.all(
      this.connections.map(async (connection) => ({ host: connection.name, left: await connection.stop() })),
    );
  }

  #hear(connection: Connection, message: FromHost, listener: Listener): void {
    if ("replies" in message) for (const reply of message.replies) this.#answer(reply);
    else if ("fatal" in message) listener.fatal(`${connection.name}: ${message.fatal}`);
    else if ("stall" in message) listener.stall(message.stall);
    else if ("event" in message) {
      const { service: index, type, subject } = message.event;
      const service = this.services.find((one) => one.host === connection && one.index === index);
      if (service) listener.event(service, type, subject);
    }
  }

  #answer({ id, from, to, failure, answer }: Reply): void {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return;
    this.waiting.delete(id);
    const times = { from: from ?? waiting.sent, to: to ?? now() };
    waiting.resolve(failure ? { ...times, failure } : { ...times, answer });
  }
}

/** The connection to a host, in this process or another. */
export class Connection {
  readonly name: string;
  onExit: (how: string) => void = () => {};
  readonly #spec: HostSpec;
  readonly #hear: (message: FromHost) => void;
  readonly #once = new Map<string, (message: FromHost) => void>();
  #child: ChildProcess | undefined;
  #host: Host | undefined;
  #queue: Request[] = [];
  #isStopping = false;

  constructor(spec: HostSpec, hear: (message: FromHost) => void) {
    this.name = spec.name;
    this.#spec = spec;
    this.#hear = hear;
  }

  async start(): Promise<void> {
    const heard = (message: FromHost): void => {
      const [key = ""] = Object.keys(message);
      this.#once.get(key)?.(message);
      this.#hear(message);
    };
    if (this.#spec.runtime === "here") this.#host = new Host(heard);
    else {
      const isBun = this.#spec.runtime === "bun";
      this.#child = fork(WORKER, [], {
        ...(isBun && { execPath: fileURLToPath(new URL("../../node_modules/.bin/bun", import.meta.url)) }),
        execArgv: isBun ? [] : ["--expose-gc"],
        stdio: ["ignore", "inherit", "inherit", "ipc"],
        serialization: "json",
      });
      this.#child.on("message", heard);
      this.#child.on("exit", (code, signal) => {
        if (!this.#isStopping) this.onExit(`${code ?? signal}`);
      });
    }
    await this.#exchange({ services: this.#spec.services }, "ready", NEVER);
  }

  request(request: Request): void {
    if (this.#queue.length === 0) {
      setImmediate(() => {
        const requests = this.#queue;
        this.#queue = [];
        this.#send({ requests });
      });
    }
    this.#queue.push(request);
  }

  async usage(): Promise<Usage | undefined> {
    const message = await this.#exchange({ usage: true }, "usage", 3_000);
    return message && "usage" in message ? message.usage : undefined;
  }

  /** @returns what was still open after `disconnect`; `undefined` if the process ended by itself */
  async stop(): Promise<readonly string[] | undefined> {
    this.#isStopping = true;
    if (this.#host) return void (await this.#host.disconnect());
    const child = this.#child;
    if (child === undefined) return undefined;
    const exited =
      child.exitCode !== null || child.signalCode !== null
        ? Promise.resolve()
        : new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const message = await this.#exchange({ stop: true }, "stopped", PATIENCE_MS);
    const hasEnded = await inTime(
      exited.then(() => true),
      PATIENCE_MS,
    );
    if (hasEnded) return undefined;
    child.kill("SIGKILL");
    return message && "stopped" in message ? message.stopped : ["no answer"];
  }

  #exchange(message: ToHost, answer: string, patience: number): Promise<FromHost | undefined> {
    const answered = new Promise<FromHost>((resolve) => this.#once.set(answer, resolve));
    this.#send(message);
    return patience === NEVER ? answered : inTime(answered, patience);
  }

  #send(message: ToHost): void {
    if (this.#host) void this.#host.hear(message);
    else if (this.#child?.connected) this.#child.send(message);
  }
}

async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
