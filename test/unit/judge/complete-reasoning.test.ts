import { expect, it } from 'vitest';
import type { Cause, Difference, Explanation } from '../../../src/core/index.ts';
import { completeReasoning } from '../../../src/judge/complete-reasoning.ts';

const REFEREE = { lane: 'vm', kernel: 'real', cpu: 'tcg' } as const;
const explain = (cause: Cause): Explanation => ({
  id: 'x',
  title: 'char is unsigned',
  cause,
  advice: '',
  source: '',
});
const differ = (right: string, where?: string): Difference => ({
  between: ['native', 'emulated'],
  what: where === undefined ? 'exit' : 'stdout',
  left: 'left',
  right,
  ...(where === undefined ? {} : { where }),
});
const LONG = 'x'.repeat(60);

it.each<readonly [Cause, Difference | undefined, Explanation | undefined, string]>([
  // What the other architecture does is quoted, what an emulator makes of it is not.
  ['architecture', differ('255', 'line 2'), undefined, 'so at stdout line 2 (255)'],
  ['emulator', differ('255', 'line 2'), undefined, 'so at stdout line 2'],
  ['architecture', differ('exit 1'), undefined, 'so at exit (exit 1)'],
  ['architecture', undefined, undefined, 'so'],
  ['architecture', differ('', 'line 2'), undefined, 'so at stdout line 2'],
  ['architecture', differ('a\nb', 'line 2'), undefined, 'so at stdout line 2 (a)'],
  ['architecture', differ(LONG, 'line 2'), undefined, `so at stdout line 2 (${LONG})`],
  ['architecture', differ(`${LONG}y`, 'line 2'), undefined, `so at stdout line 2 (${LONG}…)`],
  // An explanation of the same cause is given with it.
  ['emulator', differ('x'), explain('emulator'), 'so at exit: char is unsigned'],
  ['emulator', differ('x'), explain('architecture'), 'so at exit'],
  ['architecture', undefined, explain('architecture'), 'so: char is unsigned'],
])("a referee's reasoning: %s, %j, %j", (cause, difference, explanation, expected) => {
  const attribution = { cause, referee: REFEREE, reasoning: 'so' };
  expect(completeReasoning(attribution, difference, explanation)).toBe(expected);
});

it('leaves alone what no referee said', () => {
  const [difference, explanation] = [differ('255'), explain('emulator')];
  const cause = 'emulator';
  expect(completeReasoning({ cause, reasoning: 'so' }, difference, explanation)).toBe('so');
  expect(completeReasoning({ cause, referee: REFEREE }, difference, explanation)).toBeUndefined();
  expect(completeReasoning({}, difference, undefined)).toBeUndefined();
});
