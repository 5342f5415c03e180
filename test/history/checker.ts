import type { Random } from "../fuzz/random.ts";
import { type Chance, chanceOf } from "./chance.ts";
import { NEVER, now } from "./clock.ts";
import type { Configuration } from "./configuration.ts";
import { Fleet, type Result, type Service } from "./fleet.ts";
import { type Stall, watchLag } from "./lag.ts";
import { type Group, Person } from "./model/person.ts";
import type { Session } from "./model/session.ts";
import type { Environment } from "./outside/environment.ts";
import type { Answers, Calls, Operation } from "./protocol.ts";
import { RULES, type Rule } from "./rules.ts";
import { type Keys, keysOf, secretOf } from "./wire.ts";

/** How many violations of each rule are printed with the session's log. */
const SHOWN = 2;
const LOG_LINES = 60;
const MOST_VIOLATIONS = 200;
const KEPT_STALLS = 100;
/** A stall is assumed to have begun this much earlier, milliseconds. */
const STALL_SLACK = 500;

export interface Violation {
  readonly rule: Rule;
  readonly what: string;
}

/** One run of a configuration: its services, its persons, and its findings. */
export class Checker {
  readonly name: string;
  readonly seed: number;
  readonly config: Configuration;
  readonly chance: Chance;
  readonly violations: Violation[] = [];
  readonly counts: Partial<Record<Operation, number>> = {};
  readonly failures: Record<string, number> = {};
  readonly observations: Record<string, number> = {};
  readonly faults: Record<string, number> = {};
  persons: Person[] = [];
  /** Sessions by name, including those that were retired recently. */
  readonly sessions = new Map<string, Session>();
  operations = 0;
  checked = 0;
  /** The lie that the services tell, if any. */
  mutation: string | undefined;
  /** Stops the run at the first violation of this rule. */
  stopsAt: Rule | undefined;
  /** Suppresses all output. */
  isQuiet = false;

  isFaultActive = false;
  faultBegan = -NEVER;
  faultEnded = -NEVER;
  lastFault = "";

  /** When processes of the run were starved of CPU time. */
  #stalls: { readonly from: number; readonly to: number }[] = [];

  fleet = new Fleet();
  environment: Environment | undefined;
  #number = 0;
  #byGroup = new Map<string, readonly Service[]>();

  constructor(name: string, config: Configuration, seed: number, random: Random) {
    this.name = name;
    this.config = config;
    this.seed = seed;
    this.chance = chanceOf(random);
  }

  async start(random: Random): Promise<void> {
    watchLag((stall) => this.stalled(stall));
    this.environment = await this.config.start(random);
    this.environment.onStall?.((stall) => this.stalled(stall));
    const { mutation } = this;
    const hosts = this.environment.hosts.map((host) => ({
      ...host,
      services: host.services.map((spec) => (mutation === undefined ? spec : { ...spec, mutation })),
    }));
    this.fleet = await Fleet.start(hosts, {
      fatal: (what) => this.violation("R0", what),
      event: (service, type, subject) => this.#hear(service, type, subject),
      stall: (stall) => this.stalled(stall),
    });
    for (const [group, count] of Object.entries(this.config.persons) as [Group, number][]) {
      for (let i = 0; i < count; i++) {
        this.persons.push(new Person(group === "nobody" ? undefined : `${group}-${i} "é{}\n`, group));
      }
    }
  }

  #hear(service: Service, type: string, subject: string | undefined): void {
    this.observe(`event ${type}`);
    const person = this.persons.find((one) => one.subject === subject);
    if (type !== "token_reuse" || (person === undefined && subject !== undefined)) {
      this.violation("R14", `an event ${type} of ${subject} by ${service.name}`);
      return;
    }
    if (person === undefined) return;
    person.events++;
    // The service may be unable to read the subject, so the reuse may concern any person.
    if (subject === undefined) person.mayAlarm++;
  }

  /** The services that fit, memoized by name. */
  services(name: string, fits: (spec: Service["spec"]) => boolean): readonly Service[] {
    let found = this.#byGroup.get(name);
    if (found === undefined) {
      found = this.fleet.services.filter(({ spec }) => fits(spec));
      this.#byGroup.set(name, found);
    }
    return found;
  }

  /** A unique name for a session or a write. */
  unique(prefix: string): string {
    return `${prefix}${++this.#number}`;
  }

  observe(what: string): void {
    this.observations[what] = (this.observations[what] ?? 0) + 1;
  }

  async ask<Op extends Operation>(
    service: Service,
    operation: Op,
    call: Calls[Op],
    sent: number,
  ): Promise<Result<Answers[Op]>> {
    const count = "tokens" in call ? call.tokens.length : 1;
    this.operations += count;
    this.counts[operation] = (this.counts[operation] ?? 0) + count;
    return this.fleet.ask(service, operation, call, sent);
  }

  violation(rule: Rule, what: string, session?: Session, more?: unknown): void {
    const sofar = this.violations.filter((one) => one.rule === rule).length;
    this.violations.push({ rule, what });
    if (this.isQuiet || sofar >= SHOWN) return;
    console.error(`\nVIOLATION of ${rule} in ${this.name}, seed ${this.seed}: ${what}`);
    console.error(`  ${RULES[rule]}`);
    if (more !== undefined) console.error(`  ${JSON.stringify(more)}`);
    if (session === undefined) return;
    const token = session.generations[0]?.token;
    const key = token === undefined ? "" : `, ${this.keysOf(token).session}`;
    console.error(`  session ${session.name} of ${JSON.stringify(session.person.subject)}${key}:`);
    for (const line of session.log.slice(-LOG_LINES)) console.error(`    ${line}`);
  }

  /** The Redis keys of a token's session, for evictions and for finding it in `MONITOR`. */
  keysOf(token: string): Keys {
    const secrets = [this.fleet.services[0]?.spec.secret ?? []].flat();
    return keysOf(token, secretOf(token, secrets));
  }

  get isOver(): boolean {
    if (this.stopsAt === undefined) return this.violations.length >= MOST_VIOLATIONS;
    return this.violations.some(({ rule }) => rule === this.stopsAt);
  }

  /** Notes that a process of the run was starved of CPU time until now. */
  stalled({ milliseconds }: Stall): void {
    this.observe("stalls");
    this.#stalls.push({ from: now() - milliseconds - STALL_SLACK, to: now() });
    if (this.#stalls.length > KEPT_STALLS) this.#stalls.shift();
  }

  /** Whether a call may have failed because the machine was overloaded. */
  wasStalled({ from, to }: { readonly from: number; readonly to: number }, service: Service): boolean {
    const calm = this.#calm(service);
    return this.#stalls.some((stall) => stall.from < to && from < stall.to + calm);
  }

  /** How long calls may still fail after a fault, milliseconds. */
  #calm({ spec: { timeout, breaker } }: Service): number {
    return this.config.calm ?? 1_200 + 2 * timeout + (breaker?.retryAfter ?? 0);
  }

  /** Whether a fault may have affected a call. */
  mayHaveFailed({ from, to }: { readonly from: number; readonly to: number }, service: Service): boolean {
    if (!this.config.isFaulty) return false;
    const calm = this.#calm(service);
    return (
      this.isFaultActive ||
      from <= this.faultEnded + calm ||
      to <= this.faultEnded + calm ||
      this.faultBegan >= from
    );
  }

  /** Runs a fault and notes when it began and ended. */
  async fault(name: string, work: () => Promise<void>): Promise<void> {
    this.faults[name] = (this.faults[name] ?? 0) + 1;
    this.lastFault = name;
    this.faultBegan = now();
    this.isFaultActive = true;
    try {
      await work();
    } finally {
      this.faultEnded = now();
      this.isFaultActive = false;
    }
  }
}
