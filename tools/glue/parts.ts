import {
  isBinaryExpression,
  isExpressionStatement,
  isIdentifier,
  isIfStatement,
  isStringLiteral,
  isVariableStatement,
  type Node,
} from "typescript/unstable/ast";
import { isFunction, mentionsIn, nodesIn, unitOf } from "./mentions.ts";
import { type Purpose, purposeOf } from "./names.ts";
import { namesBoundBy, type Source } from "./source.ts";

/** The parts of a file that count, with their purposes. */
export function partsOf({ file, imported, names }: Source): readonly { unit: Node; purpose: Purpose }[] {
  const parts = mentionsIn(file, names).map(({ node, purpose }) => ({ unit: unitOf(node), purpose }));
  /** Variables with results, by the function that they are in. */
  const results = new Map<Node, string[]>();
  for (const { unit, purpose } of parts) {
    if (purpose === "set-up" || !isVariableStatement(unit)) continue;
    for (const declaration of unit.declarationList.declarations) {
      if (purposeOf(declaration, imported, names)) continue;
      const scope = scopeOf(unit);
      results.set(scope, [...(results.get(scope) ?? []), ...namesBoundBy(declaration)]);
    }
  }
  const usesResult = (node: Node): boolean =>
    nodesIn(node).some((one) => isIdentifier(one) && (results.get(scopeOf(node)) ?? []).includes(one.text));
  for (const node of nodesIn(file)) {
    const isCheck = isIfStatement(node) && usesResult(node.expression);
    const isPassed =
      isExpressionStatement(node) && isBinaryExpression(node.expression) && usesResult(node.expression.right);
    if (isCheck || isPassed) parts.push({ unit: node, purpose: "glue" });
    if (isStringLiteral(node) && node.text === "no-store")
      parts.push({ unit: unitOf(node), purpose: "glue" });
  }
  return parts;
}

function scopeOf(node: Node): Node {
  for (let scope = node; scope.parent; scope = scope.parent) if (isFunction(scope)) return scope;
  return node.getSourceFile();
}
