import {
  isArrowFunction,
  isBindingElement,
  isBlock,
  isCallExpression,
  isClassDeclaration,
  isDecorator,
  isFunctionDeclaration,
  isFunctionExpression,
  isIdentifier,
  isImportDeclaration,
  isJsxAttribute,
  isJsxExpression,
  isMethodDeclaration,
  isParameterDeclaration,
  isPropertyAccessExpression,
  isShorthandPropertyAssignment,
  isStatement,
  type Node,
  type SourceFile,
} from "typescript/unstable/ast";
import type { Names, Purpose } from "./names.ts";

/** Calls that tell what a handler is for. */
const ROTATES = /^rotate(Session)?$/;
const OTHER_CALLS = /^(signIn|signOut|signOutEverywhere|listSessions)$/;
/** The calls and properties that entries have or add to the objects of frameworks. */
const ADDED =
  /^(auth|authenticate|endOtherSessions|findSession|inspect|listSessions|requireSession|rotate|rotateSession|session|sessionOrNull|signIn|signOut|signOutEverywhere)$/;

export interface Mention {
  readonly node: Node;
  readonly purpose: Purpose;
}

/** Calls a function for a node and all below it, except imports. */
export function walk(node: Node, visit: (node: Node) => void): void {
  if (isImportDeclaration(node)) return;
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

export function nodesIn(node: Node): readonly Node[] {
  const found: Node[] = [];
  walk(node, (one) => found.push(one));
  return found;
}

/** Whether a name is declared here, or names a property, and so means nothing of the library. */
function isOwnName(node: Node): boolean {
  const { parent } = node;
  if (isPropertyAccessExpression(parent)) return parent.name === node;
  if (isBindingElement(parent)) return parent.initializer !== node;
  const { name } = parent as { readonly name?: Node };
  // `{ rwt }` is short for a mention.
  return name === node && !isShorthandPropertyAssignment(parent);
}

/** The mentions of the library in a file. */
export function mentionsIn(file: SourceFile, names: Names): readonly Mention[] {
  return nodesIn(file).flatMap((node): Mention[] => {
    if (isPropertyAccessExpression(node) && ADDED.test(node.name.text)) return [{ node, purpose: "glue" }];
    const purpose = isIdentifier(node) && !isOwnName(node) ? names.get(node.text) : undefined;
    return purpose ? [{ node, purpose }] : [];
  });
}

/** The smallest part of the code that a mention counts as. */
export function unitOf(node: Node): Node {
  for (let part = node; part.parent; part = part.parent) {
    const { parent } = part;
    if (isDecorator(part) || isParameterDeclaration(part) || isJsxExpression(part) || isJsxAttribute(part))
      return part;
    if (isCallExpression(parent) && parent.arguments.some((argument) => argument === part)) return part;
    if (isArrowFunction(parent) && parent.body === part && !isBlock(part)) return part;
    // In a heading, such as a type that a function returns.
    if (isFunctionDeclaration(part) || isClassDeclaration(part) || isMethodDeclaration(part)) return node;
    if (isStatement(part) && !isBlock(part)) return part;
  }
  return node;
}

export const isFunction = (node: Node): boolean =>
  isArrowFunction(node) ||
  isFunctionExpression(node) ||
  isFunctionDeclaration(node) ||
  isMethodDeclaration(node);

/** Whether a part belongs to the handler that rotates the token, and to no other. */
export function isOfRotation(unit: Node): boolean {
  for (let part = unit; part; part = part.parent) {
    const inside = isCallExpression(part) ? [...part.arguments] : isFunction(part) ? [part] : [];
    const calls = inside
      .flatMap(nodesIn)
      .flatMap((node) => (isPropertyAccessExpression(node) ? node.name.text : []));
    if (calls.some((call) => OTHER_CALLS.test(call))) return false;
    if (calls.some((call) => ROTATES.test(call))) return true;
  }
  return false;
}
