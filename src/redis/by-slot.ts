/** A bounded map from Redis keys, forgetful of whole Cluster slots. */
export interface BySlot<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  /** Lets go of a key, and of all that share its slot: whatever touches one of a subject's sessions may touch the others. */
  forget(key: string): void;
  clear(): void;
}

/** @param most - how many values; when so many are there all are let go, rather than looking for one to part with */
export function bySlot<Value>(most: number): BySlot<Value> {
  const slots = new Map<string, Map<string, Value>>();
  let count = 0;

  const clear = (): void => {
    slots.clear();
    count = 0;
  };

  return {
    get: (key) => slots.get(slotOf(key))?.get(key),
    set(key, value) {
      if (count >= most) clear();
      const slot = slots.get(slotOf(key)) ?? new Map<string, Value>();
      slots.set(slotOf(key), slot);
      count -= slot.size;
      slot.set(key, value);
      count += slot.size;
    },
    forget(key) {
      count -= slots.get(slotOf(key))?.size ?? 0;
      slots.delete(slotOf(key));
    },
    clear,
  };
}

/** The key up to its hash tag's end; a key without one is alone. */
const slotOf = (key: string): string => key.slice(0, key.indexOf("}") + 1) || key;
