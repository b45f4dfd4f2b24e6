import type { CaseDefinition, Suite } from '../../../src/core/index.ts';
import type { PlanLane } from '../../../src/plan/index.ts';

/** A case that every lane can run, with changes. */
export function makeCase(changes: Partial<CaseDefinition> = {}): CaseDefinition {
  const suite = changes.suite ?? 's';
  const name = changes.name ?? 'c';
  return {
    id: `${suite}/${name}`,
    suite,
    name,
    tags: [],
    subject: { kind: 'image', reference: 'docker://x' },
    command: { kind: 'subject' },
    env: {},
    network: 'none',
    fixtures: [],
    setup: [],
    teardown: [],
    timeout: { kind: 'scaled', nativeMs: 10_000 },
    retries: 0,
    limits: { outputBytes: 1024 },
    expect: {},
    compare: ['exit', 'stdout'],
    normalize: [],
    known: [],
    pid1: 'init',
    ...changes,
  };
}

/** A suite of cases. */
export function makeSuite(cases: readonly CaseDefinition[], file = '/s.yaml'): Suite {
  return { version: 1, name: 's', file, lanes: [], secrets: [], cases };
}

/** The native amd64 lane, which can do everything. */
export const NATIVE: PlanLane = {
  id: 'native',
  kind: 'native',
  platform: 'linux/amd64',
  capabilities: ['files', 'isolated-network', 'images', 'binaries'],
};

/** The emulated arm64 lane with a name, which can do everything. */
export const EMULATED: PlanLane = {
  ...NATIVE,
  id: 'q10',
  kind: 'emulated',
  platform: 'linux/arm64',
};
