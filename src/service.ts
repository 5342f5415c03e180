import { OptionTypeError } from "./errors.ts";
import { callable, typeError } from "./lib/check.ts";
import type { Settings } from "./options.ts";
import type { ServiceParts } from "./parts.ts";
import type { AnyRwt, Feature } from "./rwt.ts";
import { createRing, deriveKeys, type KeyRing } from "./token/key-ring.ts";
import { plainLines } from "./token/lines.ts";
import { opener } from "./token/memo.ts";
import { createVerbs, type Verbs } from "./verbs.ts";

/** How a feature changes a service. */
export interface FeatureDefinition {
  readonly name: "encryption" | "sessions" | "legacy" | "watch" | "events" | "openTelemetry";
  /** Replaces parts that the verbs and later features use. */
  readonly parts?: (parts: ServiceParts) => ServiceParts;
  /** Adds methods, or wraps existing ones. */
  readonly methods?: (service: Methods, parts: ServiceParts) => object;
}

/** The methods of a service while features are being applied. */
export type Methods = Verbs & Readonly<Record<string, unknown>>;

/** Features are applied in this order, innermost first, whichever order they were added in. */
const ORDER = ["encryption", "sessions", "legacy", "watch", "events", "openTelemetry"];

/** What a service was made from, so that adding a feature can rebuild it. */
interface Origin {
  readonly settings: Settings;
  readonly ring: KeyRing;
  readonly features: readonly FeatureDefinition[];
}

const origins = new WeakMap<object, Origin & { readonly parts: ServiceParts }>();

/** The parts of a service; `undefined` for a caller's own wrapper around one. */
export const partsIn = (service: object): ServiceParts | undefined => origins.get(service)?.parts;

/** The parts of a service. Throws an OptionTypeError for anything else. */
export function partsOf(service: object): ServiceParts {
  return originOf(service).parts;
}

function originOf(service: object): Origin & { readonly parts: ServiceParts } {
  const origin = origins.get(service);
  if (origin === undefined) throw typeError("rwt", "made by createRwt", service);
  return origin;
}

/** Makes a service from options that have been checked. */
export const createService = (settings: Settings): AnyRwt =>
  build({ settings, ring: createRing(settings.secrets, deriveKeys), features: [] });

/**
 * Rebuilds a service with one more feature.
 *
 * @throws OptionTypeError if it already has the feature, or `createRwt` didn't make it
 */
export function addFeature(service: object, feature: FeatureDefinition): AnyRwt {
  const origin = originOf(service);
  const { features } = origin;
  if (features.some(({ name }) => name === feature.name))
    throw new OptionTypeError("with", `${feature.name}() is there already: give it all options at once`);
  return build({ ...origin, features: [...features, feature].sort((a, b) => rank(a) - rank(b)) });
}

const rank = ({ name }: FeatureDefinition): number => ORDER.indexOf(name);

function build(origin: Origin): AnyRwt {
  const { settings, ring, features } = origin;
  let parts = baseParts(settings, ring);
  for (const feature of features) parts = feature.parts?.(parts) ?? parts;
  let methods = createVerbs(parts) as Methods;
  for (const feature of features) methods = { ...methods, ...feature.methods?.(methods, parts) };
  const { expire, verifyExtendsToken, maxLifetime } = settings;
  const service = Object.freeze({
    expire,
    verifyExtendsToken,
    maxLifetime,
    ...methods,
    with(feature: Feature<unknown, unknown>) {
      callable("a feature", feature);
      return feature(service);
    },
    [Symbol.asyncDispose]: methods.disconnect,
  });
  origins.set(service, { ...origin, parts });
  return service as unknown as AnyRwt;
}

const baseParts = (settings: Settings, ring: KeyRing): ServiceParts => ({
  settings,
  ring,
  open: opener(settings, ring),
  lines: plainLines,
  create: (session, options) => settings.store.create(session, options),
  fitting: async (session) => session,
  tell: () => {},
});
