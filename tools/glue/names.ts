import {
  isArrowFunction,
  isAwaitExpression,
  isBlock,
  isCallExpression,
  isElementAccessExpression,
  isIdentifier,
  isImportDeclaration,
  isNamedImports,
  isNamespaceImport,
  isNonNullExpression,
  isPropertyAccessExpression,
  isStringLiteral,
  isVariableDeclaration,
  type Node,
  type SourceFile,
} from "typescript/unstable/ast";

/** What a name of the library is for: the service itself, which every app sets up alike, or requests. */
export type Purpose = "set-up" | "glue";
export type Names = Map<string, Purpose>;

const PACKAGE = "redis-web-token";
/** Entries that make a service. */
const SERVICE = /^redis-web-token\/(memory|upstash|ioredis|node-redis|bun|redis|sessions|encryption)$/;
/** What the main entry has for that. */
const SERVICE_NAMES: readonly string[] = ["createRwt", "Rwt", "TokenStore"];

/** The names that a file imports from a module, with what they are called there. */
export function importsIn(file: SourceFile): readonly { from: string; name: string; local: string }[] {
  return file.statements.filter(isImportDeclaration).flatMap(({ importClause, moduleSpecifier }) => {
    const from = isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : "";
    const bindings = importClause?.namedBindings;
    if (bindings && isNamespaceImport(bindings)) return [{ from, name: "*", local: bindings.name.text }];
    if (!bindings || !isNamedImports(bindings)) return [];
    return bindings.elements.map(({ name, propertyName }) => ({
      from,
      name: (propertyName ?? name).text,
      local: name.text,
    }));
  });
}

/** What a file imports from the package. */
export function libraryNames(file: SourceFile): Names {
  const names: Names = new Map();
  for (const { from, name, local } of importsIn(file)) {
    if (from !== PACKAGE && !from.startsWith(`${PACKAGE}/`)) continue;
    const isService = SERVICE.test(from) || (from === PACKAGE && SERVICE_NAMES.includes(name));
    names.set(local, isService ? "set-up" : "glue");
  }
  return names;
}

/** The name that a chain of calls and properties begins with: `createRwt` of `createRwt(…).with(…)`. */
function rootOf(node: Node): string | undefined {
  if (isIdentifier(node)) return node.text;
  if (isCallExpression(node) || isPropertyAccessExpression(node) || isElementAccessExpression(node))
    return rootOf(node.expression);
  if (isNonNullExpression(node) || isAwaitExpression(node)) return rootOf(node.expression);
  // `() => createRwt(…)`
  if (isArrowFunction(node) && !isBlock(node.body)) return rootOf(node.body);
  return undefined;
}

/**
 * The purpose of a variable that holds a part of the library rather than a result: what a function of the package makes, or a
 * property of such a variable.
 */
export function purposeOf(node: Node, imported: Names, names: Names): Purpose | undefined {
  if (!isVariableDeclaration(node) || !node.initializer) return undefined;
  const { initializer } = node;
  const root = rootOf(initializer) ?? "";
  if (isAwaitExpression(initializer)) return undefined;
  return isPropertyAccessExpression(initializer) ? names.get(root) : imported.get(root);
}
