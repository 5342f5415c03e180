import { readSubject } from "../call-options.ts";
import type { ServiceParts } from "../parts.ts";
import { createRing, hashSubject, type Ring, type SecretKeys } from "../token/key-ring.ts";
import { type PersonKeys, personKeys } from "../token/keys.ts";
import { createPublicIds, type PublicIds } from "./public-id.ts";

/** What belongs to a person under one secret of the ring: each secret has its own person key and index. */
export interface Shelf {
  readonly redis: PersonKeys;
  readonly keys: SecretKeys;
  readonly ids: PublicIds;
}

/** Finds a person's shelves, the newest secret's first. */
export interface Shelves {
  readonly publicIds: Ring<PublicIds>;
  of(subject: unknown): Promise<readonly Shelf[]>;
}

export function createShelves({ settings, ring }: ServiceParts): Shelves {
  const publicIds = createRing(settings.secrets, createPublicIds);
  return {
    publicIds,
    async of(subject) {
      const text = readSubject(subject);
      const ids = await publicIds();
      const ofSecret = async (keys: SecretKeys, i: number): Promise<Shelf> => ({
        redis: personKeys(settings.prefix, await hashSubject(keys, text)),
        keys,
        ids: ids[i] as PublicIds,
      });
      return Promise.all((await ring()).map(ofSecret));
    },
  };
}
