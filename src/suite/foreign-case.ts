import type { CaseDefinition, SourcePosition, Subject } from '../core/index.ts';
import { defaultCompare, defaultLimits, defaultNormalisers } from './case-words.ts';

/** What a test of another tool's file says of its case; the rest is the same for all. */
export type ForeignCase = Pick<CaseDefinition, 'name' | 'tags' | 'command' | 'expect'> &
  Partial<
    Pick<
      CaseDefinition,
      | 'env'
      | 'expand'
      | 'setup'
      | 'teardown'
      | 'independentSetup'
      | 'container'
      | 'user'
      | 'network'
      | 'timeout'
      | 'compare'
      | 'skip'
      | 'printedFacts'
      | 'service'
      | 'unsupported'
    >
  > & { readonly position: SourcePosition };

/** Of a command of another tool, which knows no deadline: long, but nothing may hang for ever. */
const FOREIGN_TIMEOUT_MS = 120_000;
/** What such a tool keeps of an output: all. This is as much as a record should hold. */
const FOREIGN_OUTPUT_BYTES = 8 * 1024 ** 2;

/** A case of a suite that is made from another tool's file. */
export function buildForeignCase(
  test: ForeignCase,
  { suite, subject }: { readonly suite: string; readonly subject: Subject },
): CaseDefinition {
  const { command } = test;
  const isInspection = command.kind === 'inspect';
  return {
    env: {},
    network: 'none',
    fixtures: [],
    setup: [],
    teardown: [],
    timeout: { kind: 'scaled', nativeMs: FOREIGN_TIMEOUT_MS },
    retries: 0,
    limits: isInspection ? defaultLimits(command) : { outputBytes: FOREIGN_OUTPUT_BYTES },
    compare: defaultCompare(isInspection ? { inspect: command.what } : {}),
    normalize: defaultNormalisers(command),
    known: [],
    pid1: 'init',
    ...test,
    id: `${suite}/${test.name}`,
    suite,
    subject,
  };
}

/** Gives each case a name of its own: the second of a name gets its kind, or a number. */
export function nameApart(cases: readonly ForeignCase[]): ForeignCase[] {
  const taken = new Set<string>();
  return cases.map((test) => {
    const [kind = ''] = test.tags;
    const candidates = [test.name, `${test.name} (${kind})`];
    let name = candidates.find((candidate) => !taken.has(candidate));
    for (let number = 2; name === undefined; number += 1) {
      const numbered = `${test.name} (${number})`;
      if (!taken.has(numbered)) name = numbered;
    }
    taken.add(name);
    return { ...test, name };
  });
}
