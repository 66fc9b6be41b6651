// A Claude transcript is a graph: a rewind goes on from an earlier record in the same file, and parallel tool calls fork it.
// The conversation Claude would continue is the chain from its newest leaf to the root. Links that lead nowhere
// (a torn line, a cut head, a record that is its own parent) count as links to the record before.

export interface ChainNode {
  readonly uuid: string;
  readonly parent: string | undefined;
  /** A user or assistant record of the main conversation; only these can be the leaf. */
  readonly isMessage: boolean;
  /** Joins the records of one reply. */
  readonly replyId: string | undefined;
  readonly callIds: readonly string[];
  readonly answers: readonly string[];
}

/** Gives the ids of the records in the live conversation; `nodes` in file order. */
export function liveChain(nodes: readonly ChainNode[]): Set<string> {
  const byId = new Map(nodes.map((node) => [node.uuid, node]));
  const parents = parentsOf(nodes, byId);
  const live = new Set<string>();
  let at = newestLeaf(nodes, parents);
  while (at && !live.has(at.uuid)) {
    live.add(at.uuid);
    at = parents.get(at.uuid);
  }
  addSiblings(nodes, live);
  for (const node of nodes) {
    const parent = parents.get(node.uuid);
    if (!node.isMessage && parent && live.has(parent.uuid)) live.add(node.uuid);
  }
  return live;
}

function parentsOf(
  nodes: readonly ChainNode[],
  byId: ReadonlyMap<string, ChainNode>,
): Map<string, ChainNode> {
  const parents = new Map<string, ChainNode>();
  // A reply always follows something: where one has no parent, the file is a plain list (old and converted ones are).
  const isList = nodes.some(
    (node, index) => index > 0 && node.replyId !== undefined && node.parent === undefined,
  );
  let previous: ChainNode | undefined;
  for (const node of nodes) {
    const named = node.parent === node.uuid ? undefined : byId.get(node.parent ?? '');
    const parent = named ?? (node.parent === undefined && !isList ? undefined : previous);
    if (parent && !parents.has(node.uuid)) parents.set(node.uuid, parent);
    previous = node;
  }
  return parents;
}

/** The last message that no other message descends from. */
function newestLeaf(
  nodes: readonly ChainNode[],
  parents: ReadonlyMap<string, ChainNode>,
): ChainNode | undefined {
  const inner = new Set<string>();
  const messages = nodes.filter((node) => node.isMessage);
  for (const message of messages) {
    let at = parents.get(message.uuid);
    while (at && !inner.has(at.uuid)) {
      inner.add(at.uuid);
      at = parents.get(at.uuid);
    }
  }
  return messages.findLast((node) => !inner.has(node.uuid)) ?? messages.at(-1);
}

/** Adds what stands beside the chain: other blocks of its replies, and the results of their calls. */
function addSiblings(nodes: readonly ChainNode[], live: Set<string>): void {
  const replies = new Set<string>();
  const calls = new Set<string>();
  for (const node of nodes) if (live.has(node.uuid) && node.replyId) replies.add(node.replyId);
  for (const node of nodes) {
    if (node.replyId === undefined || !replies.has(node.replyId)) continue;
    live.add(node.uuid);
    for (const id of node.callIds) calls.add(id);
  }
  for (const node of nodes) if (node.answers.some((id) => calls.has(id))) live.add(node.uuid);
}
