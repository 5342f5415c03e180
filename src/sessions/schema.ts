import { DataError } from "../errors.ts";
import { typeError } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";

/**
 * Any schema of Standard Schema v1 (standardschema.dev): zod's, valibot's, arktype's … Only what is used of it.
 *
 * @typeParam Input - what is signed
 * @typeParam Output - what `verify` gives, where the schema transforms
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema says of a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** Where a value doesn't fit. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export function readSchema(schema: unknown): StandardSchema | undefined {
  if (schema === undefined) return undefined;
  // Some libraries' schemas are functions.
  const standard = (Object(schema) as Partial<StandardSchema>)["~standard"];
  if (isObject(standard) && standard.version === 1 && typeof standard.validate === "function") {
    return schema as StandardSchema;
  }
  throw typeError("schema", "a Standard Schema of version 1, such as zod's", schema);
}

/** Names of members alone: a message may hold the value. */
const pathsOf = (issues: readonly SchemaIssue[]): string[] =>
  issues.map(({ path = [] }) =>
    path.map((step) => String(isObject(step) ? (step as { key: PropertyKey }).key : step)).join("."),
  );

/** @returns what the schema makes of it, or where it doesn't fit */
export async function validate(
  schema: StandardSchema,
  data: unknown,
): Promise<{ readonly value: unknown } | { readonly paths: readonly string[] }> {
  const result = await schema["~standard"].validate(data);
  return result.issues === undefined ? { value: result.value } : { paths: pathsOf(result.issues) };
}

/** @throws DataError where data that is to be signed doesn't fit */
export async function assertFits(schema: StandardSchema | undefined, data: unknown): Promise<void> {
  if (schema === undefined) return;
  const result = await validate(schema, data);
  if (!("paths" in result)) return;
  const where = result.paths.filter((path) => /^[\w.]{1,60}$/.test(path)).join(", ");
  throw new DataError(
    "data",
    `data doesn't fit the schema${where && `, at ${where}`}`,
    "ERR_RWT_DATA_SCHEMA",
  );
}
