/**
 * Compiles the Lua scripts to TypeScript, so that the memory store runs the same scripts as Redis. It supports the subset of Lua
 * that they use, and throws for anything else.
 *
 * Patterns of `string.match` must mean the same as a regular expression: use sets and anchors, no `%` classes.
 */
import { type Expression, parse, type Statement } from "luaparse";

/** Returns TypeScript statements that use `call`, `KEYS` and `ARGV`. */
export const compileLua = (text: string): string =>
  block(parse(text, { comments: false, encodingMode: "x-user-defined" }).body);

const block = (statements: readonly Statement[]): string => statements.map(statement).join("\n");

function statement(node: Statement): string {
  switch (node.type) {
    case "LocalStatement":
      return local(node.variables.map(expression), node.init);
    case "AssignmentStatement":
      return `${pair(node.variables, node.init, (to, from) => `${expression(to)} = ${expression(from)}`)};`;
    case "CallStatement":
      return `${expression(node.expression)};`;
    case "FunctionDeclaration":
      return `const ${expression(node.identifier as Expression)} = (${node.parameters
        .map((each) => `${expression(each as Expression)}?: lua.Value`)
        .join(", ")}): lua.Value => {\n${block(node.body)}\n};`;
    case "ReturnStatement":
      return `return ${node.arguments.map(expression).join(", ")};`;
    case "IfStatement":
      return node.clauses
        .map((clause) =>
          clause.type === "ElseClause"
            ? `{\n${block(clause.body)}\n}`
            : `if (${condition(clause.condition)}) {\n${block(clause.body)}\n}`,
        )
        .join(" else ");
    case "ForNumericStatement": {
      const name = expression(node.variable);
      return `for (let ${name} = ${expression(node.start)}; ${name} <= ${expression(node.end)}; ${name}++) {\n${block(node.body)}\n}`;
    }
    default:
      throw new Error(`the compiler doesn't know Lua's ${node.type}`);
  }
}

function local(names: readonly string[], init: readonly Expression[]): string {
  if (names.length === init.length)
    return names
      .map((name, i) => `let ${name}: lua.Value = ${expression(init[i] as Expression)};`)
      .join("\n");
  const [only, ...others] = init;
  if (only === undefined || others.length > 0)
    throw new Error(`${names}: one value for each, or one call for all`);
  return `const [${names.join(", ")}] = ${expression(only)};`;
}

const pair = (
  to: readonly Expression[],
  from: readonly Expression[],
  join: (to: Expression, from: Expression) => string,
): string => {
  const [[target, ...targets], [source, ...sources]] = [to, from];
  if (!target || !source || targets.length + sources.length > 0)
    throw new Error("assign one value at a time");
  return join(target, source);
};

const OPERATORS: Readonly<Record<string, string>> = { "==": "===", "~=": "!==" };

/** In Lua only nil and false are falsy. Comparisons return booleans in both languages. */
function condition(node: Expression): string {
  if (node.type === "LogicalExpression")
    return `(${condition(node.left)} ${node.operator === "and" ? "&&" : "||"} ${condition(node.right)})`;
  if (node.type === "UnaryExpression" && node.operator === "not") return `!${condition(node.argument)}`;
  if (node.type === "BinaryExpression" && /[<>=~]/.test(node.operator)) return expression(node);
  return `lua.isTrue(${expression(node)})`;
}

function expression(node: Expression): string {
  switch (node.type) {
    case "Identifier":
      return node.name;
    case "StringLiteral":
      return JSON.stringify(node.value);
    case "NumericLiteral":
    case "BooleanLiteral":
      return String(node.value);
    case "NilLiteral":
      return "undefined";
    case "LogicalExpression": {
      const right = expression(node.right);
      return node.operator === "and"
        ? `lua.and(${expression(node.left)}, () => ${right})`
        : `lua.or(${expression(node.left)}, () => ${right})`;
    }
    case "UnaryExpression":
      if (node.operator === "not") return condition(node);
      if (node.operator === "#") return `${expression(node.argument)}.length`;
      return `-${expression(node.argument)}`;
    case "BinaryExpression":
      return binary(node.operator, expression(node.left), expression(node.right), node);
    case "MemberExpression":
      return `${expression(node.base)}.${node.identifier.name}`;
    case "IndexExpression":
      return `${expression(node.base)}[${indexFromZero(node.index)}]`;
    case "TableConstructorExpression":
      return table(node);
    case "CallExpression":
      return call(expression(node.base), node.arguments);
    default:
      throw new Error(`the compiler doesn't know Lua's ${node.type}`);
  }
}

function binary(
  operator: string,
  left: string,
  right: string,
  node: Extract<Expression, { type: "BinaryExpression" }>,
): string {
  // The value may also be `null`, which is Redis's nil.
  if (node.right.type === "NilLiteral")
    return operator === "~=" ? `lua.isTrue(${left})` : `!lua.isTrue(${left})`;
  if (operator === "..") return joined(node);
  return `(${left} ${OPERATORS[operator] ?? operator} ${right})`;
}

/** Lua's indexes start at 1. */
const indexFromZero = (node: Expression): string =>
  node.type === "NumericLiteral" ? String(node.value - 1) : `${expression(node)} - 1`;

/** Translates `a .. b .. c` to one template literal. */
function joined(node: Expression): string {
  const parts = (each: Expression): string[] =>
    each.type === "BinaryExpression" && each.operator === ".."
      ? [...parts(each.left), ...parts(each.right)]
      : [each.type === "StringLiteral" ? JSON.stringify(each.value).slice(1, -1) : `\${${expression(each)}}`];
  return `\`${parts(node).join("")}\``;
}

function table({ fields }: Extract<Expression, { type: "TableConstructorExpression" }>): string {
  const parts = fields.map((field) => {
    if (field.type === "TableValue") return expression(field.value);
    if (field.type === "TableKeyString") return `${field.key.name}: ${expression(field.value)}`;
    throw new Error("a table has names or a row of values");
  });
  return fields.every(({ type }) => type === "TableKeyString") && fields.length > 0
    ? `({ ${parts.join(", ")} })`
    : `[${parts.join(", ")}]`;
}

/** The names of Lua's functions in the memory store's runtime (src/stores/memory/lua.ts). */
const FUNCTIONS: Readonly<Record<string, string>> = {
  "redis.call": "call",
  "string.match": "lua.match",
  "string.sub": "lua.sub",
  "string.find": "lua.find",
  "string.format": "lua.format",
  "string.rep": "lua.repeat",
  "string.len": "lua.size",
  "math.max": "Math.max",
  tonumber: "Number",
  error: "lua.fail",
};

function call(name: string, given: readonly Expression[]): string {
  if (name === "unpack") return `...${given.map(expression).join()}`;
  if (name === "pcall") return `lua.attempt(() => call(${given.slice(1).map(expression).join(", ")}))`;
  return `${FUNCTIONS[name] ?? name}(${given.map(expression).join(", ")})`;
}
