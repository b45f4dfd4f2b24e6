/** Finds many words in bytes at once, without regard to the case of ASCII letters (Aho and Corasick, 1975). */
export interface WordAutomaton {
  /** Class of each byte; bytes of no word are of class 0. */
  readonly classes: Uint8Array;
  /** State after a byte: `next[state + classes[byte]]`. States are multiples of the number of classes. */
  readonly next: Int32Array;
  /** States from this one on end a word. The state between words is 0. */
  readonly firstFinal: number;
  /** Indices of the words that end in a state. */
  readonly endingAt: (state: number) => readonly number[];
}

interface TrieNode {
  readonly children: Map<number, TrieNode>;
  readonly words: number[];
  fail: TrieNode | undefined;
}

function createNode(): TrieNode {
  return { children: new Map(), words: [], fail: undefined };
}

/** Builds the automaton; words are lower case and not empty. */
export function buildWordAutomaton(words: readonly string[]): WordAutomaton {
  const { root, nodes } = linkFailures(buildTrie(words));
  const classes = classifyBytes(words);
  const width = Math.max(...classes) + 1;
  // States that end a word come last: one comparison tells them.
  const ordered = [...nodes.filter(isInner), ...nodes.filter((node) => !isInner(node))];
  const stateOf = new Map(ordered.map((node, index) => [node, index * width]));
  const next = new Int32Array(ordered.length * width);
  for (const [node, state] of stateOf)
    for (const [byte, known] of classes.entries())
      if (known !== 0) next[state + known] = stateOf.get(follow(root, node, byte)) ?? 0;
  const endings = ordered.map((node) => node.words);
  return {
    classes,
    next,
    firstFinal: nodes.filter(isInner).length * width,
    endingAt: (state) => endings[state / width] ?? [],
  };
}

function isInner({ words }: TrieNode): boolean {
  return words.length === 0;
}

function buildTrie(words: readonly string[]): TrieNode {
  const root = createNode();
  for (const [index, word] of words.entries()) {
    let node = root;
    for (const byte of Buffer.from(word)) {
      const child = node.children.get(byte) ?? createNode();
      node.children.set(byte, child);
      node = child;
    }
    node.words.push(index);
  }
  return root;
}

/** Breadth first, so that the node to fall back to is complete. The root comes first. */
function linkFailures(root: TrieNode): { readonly root: TrieNode; readonly nodes: TrieNode[] } {
  const nodes = [root];
  for (const node of nodes)
    for (const [byte, child] of node.children) {
      child.fail = node === root ? root : follow(root, node.fail ?? root, byte);
      child.words.push(...child.fail.words);
      nodes.push(child);
    }
  return { root, nodes };
}

function follow(root: TrieNode, from: TrieNode, byte: number): TrieNode {
  const lower = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
  for (let node: TrieNode | undefined = from; node !== undefined; node = node.fail) {
    const child = node.children.get(lower);
    if (child !== undefined) return child;
  }
  return root;
}

function classifyBytes(words: readonly string[]): Uint8Array {
  const classes = new Uint8Array(256);
  let count = 0;
  for (const byte of new Set(words.flatMap((word) => [...Buffer.from(word)]))) {
    count += 1;
    classes[byte] = count;
    if (byte >= 0x61 && byte <= 0x7a) classes[byte - 0x20] = count;
  }
  return classes;
}
