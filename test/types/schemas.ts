import type { StandardSchema } from "redis-web-token/sessions";

/** The smallest possible Standard Schema: a function that throws for data that doesn't match. */
const schemaOf = <Input, Output>(parse: (input: Input) => Output): StandardSchema<Input, Output> => ({
  "~standard": {
    version: 1,
    vendor: "the tests",
    validate(value) {
      try {
        return { value: parse(value as Input) };
      } catch {
        return { issues: [{ message: "doesn't fit" }] };
      }
    },
  },
});

function fail(): never {
  throw new TypeError("doesn't fit");
}

/** Like zod's `.default()`. */
export const defaulting: StandardSchema<
  { readonly id: string; readonly role?: string },
  { readonly id: string; readonly role: string }
> = schemaOf(({ id, role = "user" }) => (typeof id === "string" ? { id, role } : fail()));

/** Like zod's `.coerce`. */
export const coercing: StandardSchema<{ readonly age: number | string }, { readonly age: number }> = schemaOf(
  ({ age }) => (Number.isNaN(Number(age)) ? fail() : { age: Number(age) }),
);

/** Like zod's `.transform()`. */
export const transforming: StandardSchema<{ readonly since: string }, { readonly since: Date }> = schemaOf(
  ({ since }) => (Number.isNaN(Date.parse(since)) ? fail() : { since: new Date(since) }),
);
