import {
  isAwaitExpression,
  isBlock,
  isCallExpression,
  isClassDeclaration,
  isDecorator,
  isFunctionDeclaration,
  isIdentifier,
  isNewExpression,
  isReturnStatement,
  isStatement,
  isTypeQueryNode,
  isVariableStatement,
  type Node,
} from "typescript/unstable/ast";
import { mentionsIn, nodesIn } from "./mentions.ts";
import { importsIn } from "./names.ts";
import { partsOf } from "./parts.ts";
import { isModule, type Source } from "./source.ts";

/**
 * Functions and classes that exist for the library alone: of which every statement counts, or which take the result of a call
 * as it is, such as `goTo("/", await signOut(request))`.
 */
export function helpersIn(
  source: Source,
  sources: readonly Source[],
): readonly { name: string; node: Node }[] {
  const units = partsOf(source).filter(({ purpose }) => purpose === "glue");
  const counts = (node: Node): boolean =>
    units.some(({ unit }) => contains(unit, node) || contains(node, unit));
  return source.file.statements.flatMap((node) => {
    const name = nameOf(node);
    const own = nodesIn(node).filter((one) => one !== node && isOwn(one));
    const uses = sources.flatMap((user) => usesOf(name, node, source, user));
    const isHelper = own.some(counts) && own.every((one) => counts(one) || isVariableStatement(one));
    return uses.length > 0 && (isHelper || uses.some(takesResult)) ? [{ name, node }] : [];
  });
}

/** What shows whom a function exists for. To return a value that was there before says nothing. */
function isOwn(node: Node): boolean {
  if (isReturnStatement(node))
    return nodesIn(node).some((one) => isCallExpression(one) || isNewExpression(one));
  return isDecorator(node) || (isStatement(node) && !isBlock(node));
}

function nameOf(node: Node): string {
  if ((isFunctionDeclaration(node) || isClassDeclaration(node)) && node.name) return node.name.text;
  const [declaration] = isVariableStatement(node) ? node.declarationList.declarations : [];
  return declaration && isIdentifier(declaration.name) ? declaration.name.text : "";
}

const contains = (outer: Node, inner: Node): boolean =>
  outer.getSourceFile() === inner.getSourceFile() &&
  outer.getStart() <= inner.getStart() &&
  inner.end <= outer.end;

interface Use {
  readonly node: Node;
  readonly user: Source;
}

/** Where a file uses what another one, or itself, declares. */
function usesOf(name: string, declaration: Node, declaring: Source, user: Source): readonly Use[] {
  const imported = importsIn(user.file).find(
    (one) => one.name === name && isModule(declaring.path, user.path, one.from),
  );
  const local = user === declaring ? name : imported?.local;
  return nodesIn(user.file)
    .filter((node) => isIdentifier(node) && node.text !== "" && node.text === local)
    .filter(({ parent }) => !isTypeQueryNode(parent))
    .filter((node) => !contains(declaration, node))
    .map((node) => ({ node, user }));
}

/** Whether a function is called with a library's call as an argument. */
function takesResult({ node, user }: Use): boolean {
  const { parent } = node;
  if (!isCallExpression(parent) || parent.expression !== node) return false;
  return parent.arguments.some((argument) => {
    const call = isAwaitExpression(argument) ? argument.expression : argument;
    if (!isCallExpression(call)) return false;
    const callee = call.expression;
    return mentionsIn(user.file, user.names).some(
      (mention) => mention.node === callee && mention.purpose === "glue",
    );
  });
}
