/** A bounded map with Redis keys, which forgets all keys of a hash tag together. */
export interface BySlot<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  /** Forgets a key and all others with its hash tag, since a change to one of a person's sessions may affect the others. */
  forget(key: string): void;
  clear(): void;
}

/** @param most - the maximum of values; a full map is cleared, which is cheaper than finding one to evict */
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

/** The key up to the end of its hash tag. A key without a hash tag stands for itself. */
export const slotOf = (key: string): string => key.slice(0, key.indexOf("}") + 1) || key;
