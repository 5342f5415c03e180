import { DataError } from "../errors.ts";
import { typeError } from "../lib/check.ts";
import { assertJson, isObject } from "../lib/json.ts";

/**
 * Any schema of Standard Schema v1 (standardschema.dev), such as zod's, valibot's or arktype's: the part that the library uses.
 *
 * @typeParam Input - the type that `sign` takes
 * @typeParam Output - the type that `verify` returns, since a schema may transform data
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The result of checking a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** Where and why a value doesn't match. */
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

/** Where data doesn't match: property names and array indexes. Other keys, such as those of a record, may be user data: `*`. */
const pathsOf = (issues: readonly SchemaIssue[]): string[] =>
  issues.map(({ path = [] }) =>
    path
      .map((step) => String(isObject(step) ? (step as { key: PropertyKey }).key : step))
      .map((step) => (/^([A-Za-z_]\w{0,29}|\d{1,4})$/.test(step) ? step : "*"))
      .join("."),
  );

/** @returns the schema's output, or where the data doesn't match */
export async function validate(
  schema: StandardSchema,
  data: unknown,
): Promise<{ readonly value: unknown } | { readonly paths: readonly string[] }> {
  const result = await schema["~standard"].validate(data);
  return result.issues === undefined ? { value: result.value } : { paths: pathsOf(result.issues) };
}

/**
 * Returns the JSON text of data to store. The text is made before the first await, since the caller may change its objects meanwhile.
 *
 * @throws DataError if the data isn't JSON, or doesn't match the schema
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
    `data doesn't match the schema${where && `, at ${where}`}`,
    "ERR_RWT_DATA_SCHEMA",
  );
}
