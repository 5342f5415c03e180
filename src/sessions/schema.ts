import { DataError } from "../errors.ts";
import { typeError } from "../lib/check.ts";
import { assertJson, isObject } from "../lib/json.ts";

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

/** Where data doesn't fit: names of members and places in arrays, without what may be user data, as keys of records are. */
const pathsOf = (issues: readonly SchemaIssue[]): string[] =>
  issues.map(({ path = [] }) =>
    path
      .map((step) => String(isObject(step) ? (step as { key: PropertyKey }).key : step))
      .map((step) => (/^([A-Za-z_]\w{0,29}|\d{1,4})$/.test(step) ? step : "*"))
      .join("."),
  );

/** @returns what the schema makes of it, or where it doesn't fit */
export async function validate(
  schema: StandardSchema,
  data: unknown,
): Promise<{ readonly value: unknown } | { readonly paths: readonly string[] }> {
  const result = await schema["~standard"].validate(data);
  return result.issues === undefined ? { value: result.value } : { paths: pathsOf(result.issues) };
}

/**
 * The JSON text of data that is to be stored. It is made before anything is awaited: the caller may change its objects meanwhile.
 *
 * @throws DataError where the data isn't JSON, or doesn't fit
 */
export async function fittingJson(schema: StandardSchema | undefined, data: unknown): Promise<string> {
  assertJson("data", data);
  const json = JSON.stringify(data);
  if (schema === undefined) return json;
  const result = await validate(schema, JSON.parse(json));
  if (!("paths" in result)) return json;
  const where = result.paths.filter(Boolean).join(", ");
  throw new DataError(
    "data",
    `data doesn't fit the schema${where && `, at ${where}`}`,
    "ERR_RWT_DATA_SCHEMA",
  );
}
