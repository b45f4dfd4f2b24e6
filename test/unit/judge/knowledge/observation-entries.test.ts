import { expect, test } from 'vitest';
import { OBSERVATION_ENTRIES } from '../../../../src/judge/knowledge/observation-entries.ts';
import { EMULATED, NATIVE, SSH, VM, type Seen } from '../judge-data.ts';
import { dispute, type DisputeData } from './dispute.ts';

function explains(id: string, data: DisputeData): boolean | undefined {
  return OBSERVATION_ENTRIES.find((entry) => entry.id === id)?.explains(dispute(data));
}

const KILLED: Seen = { termination: { kind: 'signal', signal: 'SIGFPE' } };
const OTHER_SIGNAL: Seen = { termination: { kind: 'signal', signal: 'SIGSEGV' } };

test.each<[Seen, Seen, boolean]>([
  [KILLED, { exit: 0 }, true],
  [{ exit: 0 }, KILLED, true],
  [{ exit: 136 }, { exit: 0 }, true],
  [KILLED, OTHER_SIGNAL, true],
  [KILLED, KILLED, false],
  [KILLED, { exit: 136 }, false],
  [{ exit: 0 }, { exit: 1 }, false],
  [{ exit: 0 }, OTHER_SIGNAL, false],
])('a division by zero ended in %j and in %j: %s', (left, right, explained) => {
  expect(explains('division-by-zero', { left, right })).toBe(explained);
  const suspect = { ...EMULATED, platform: NATIVE.platform };
  expect(explains('division-by-zero', { left, right, suspect })).toBe(false);
});

test.each<[string, string, boolean]>([
  ['A=1\nB=2\n', 'B=2\nA=1\n', true],
  ['A=1\nB=2', 'B=2\nA=1\n', true],
  ['_a=1\nb_9=\n', 'b_9=\n_a=1\n', true],
  ['x\nA=1\nB=2\nC=3\ny z\n', 'x\nC=3\nB=2\nA=1\ny z\n', true],
  ['A=1=2\nB=/x y\n', 'B=/x y\nA=1=2\n', true],
  ['x\ny\nA=1\nB=2\n', 'x\ny\nB=2\nA=1\n', true],
  ['A=1\nB=2\n', 'A=1\nB=2\n', false],
  ['A=1\nB=2\n', 'B=2\nA=1\nx\n', false],
  ['A=1\nB=2\nx\n', 'B=2\nA=1\n', false],
  ['A=1\nB=2\nC=3\n', 'C=3\nA=1\nB=2\n', false],
  ['A=1\nB=2\n', 'B=2\nA=3\n', false],
  ['A=1\n', 'A=2\n', false],
  ['A=1\n9=2\n', '9=2\nA=1\n', false],
  ['A=1\n=2\n', '=2\nA=1\n', false],
  ['A=1\n- B=2\n', '- B=2\nA=1\n', false],
  ['A=1\nB C=2\n', 'B C=2\nA=1\n', false],
  ['A=1\nB: 2\n', 'B: 2\nA=1\n', false],
  ['A=1\nx\nB=2\n', 'B=2\nx\nA=1\n', false],
  ['', '', false],
])('the environment %j turns into %j: %s', (left, right, explained) => {
  expect(explains('reversed-environment', { left, right })).toBe(explained);
  for (const suspect of [VM, SSH, NATIVE])
    expect(explains('reversed-environment', { left, right, suspect })).toBe(false);
});
