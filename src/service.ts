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
  readonly name: "encryption" | "sessions" | "legacy" | "events" | "openTelemetry";
  /** Changes what the verbs and the later features use. */
  readonly parts?: (parts: ServiceParts) => ServiceParts;
  /** Adds methods to the service so far, or wraps those that it has. */
  readonly methods?: (service: Methods, parts: ServiceParts) => object;
}

/** A service's methods while its features are applied. */
export type Methods = Verbs & Readonly<Record<string, unknown>>;

/** Features apply in this order, inside out, whatever order they are added in. */
const ORDER = ["encryption", "sessions", "legacy", "events", "openTelemetry"];

/** What a service was made from, so that a feature can make it anew. */
interface Origin {
  readonly settings: Settings;
  readonly ring: KeyRing;
  readonly features: readonly FeatureDefinition[];
}

const origins = new WeakMap<object, Origin & { readonly parts: ServiceParts }>();

/** What a service is made of; nothing for a wrapper of the caller's. */
export const partsIn = (service: object): ServiceParts | undefined => origins.get(service)?.parts;

/** What a service is made of. Throws an OptionTypeError for what isn't one. */
export function partsOf(service: object): ServiceParts {
  return originOf(service).parts;
}

function originOf(service: object): Origin & { readonly parts: ServiceParts } {
  const origin = origins.get(service);
  if (origin === undefined) throw typeError("rwt", "what createRwt gives", service);
  return origin;
}

/** The service over options that are checked already. */
export const createService = (settings: Settings): AnyRwt =>
  build({ settings, ring: createRing(settings.secrets, deriveKeys), features: [] });

/**
 * The service with one more feature.
 *
 * @throws OptionTypeError where it has that feature, or isn't a service of `createRwt`
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
