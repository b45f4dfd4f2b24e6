import { describe, expect, it } from 'vitest';
import { mendSteps, sweepSteps } from '../../../../src/app/binfmt/mend.ts';
import {
  findRefusals,
  installSteps,
  type WantedHandler,
} from '../../../../src/app/binfmt/plan-install.ts';
import { removeSteps } from '../../../../src/app/binfmt/plan-remove.ts';
import type { Situation } from '../../../../src/app/binfmt/situation.ts';
import type { Step } from '../../../../src/app/binfmt/steps.ts';
import { findServingHandler } from '../../../../src/lanes/index.ts';
import { apply, applyAll, ARM64, entry, PLACES, situation, wanted } from './model-host.ts';

const install = (before: Situation, handler: WantedHandler): readonly Step[] =>
  installSteps(before, handler, { places: PLACES });
const installed = (before: Situation, handler: WantedHandler): Situation =>
  applyAll(before, install(before, handler));
const remove = (before: Situation): readonly Step[] => removeSteps(before, ARM64, PLACES);

/** Mended and swept, as the next one at it would find it. */
function settled(before: Situation): Situation {
  const mended = applyAll(before, mendSteps(before, PLACES));
  return applyAll(mended, sweepSteps(mended, PLACES));
}

const EMPTY = situation();
const THEIRS = situation([entry('theirs')]);
/** Takes programs of all platforms. */
const WIDE = situation([
  entry('wide', { magic: Buffer.from('7f454c46', 'hex'), mask: Buffer.alloc(4, 0xff) }),
]);
const OURS = installed(EMPTY, wanted('1'));
const OURS_INSTEAD = installed(THEIRS, wanted('1', { persistent: true }));
const AGAIN = wanted('1', { from: undefined });
const NEWER_THEIRS: Situation = {
  ...OURS_INSTEAD,
  table: { ...OURS_INSTEAD.table, handlers: [entry('other'), ...OURS_INSTEAD.table.handlers] },
};

/** Somebody has switched ours off. */
const OURS_OFF: Situation = {
  ...OURS,
  table: {
    ...OURS.table,
    handlers: OURS.table.handlers.map((handler) => ({ ...handler, enabled: false })),
  },
};

const CASES: readonly (readonly [string, Situation, readonly Step[]])[] = [
  ['a first one', EMPTY, install(EMPTY, wanted('1'))],
  ['a persistent one', EMPTY, install(EMPTY, wanted('1', { persistent: true }))],
  ['one instead of another', THEIRS, install(THEIRS, wanted('1'))],
  ['one beside a wide one', WIDE, install(WIDE, wanted('1'))],
  ['an exchange', OURS, install(OURS, wanted('2'))],
  ['one that was off', OURS_OFF, install(OURS_OFF, AGAIN)],
  ['an exchange of one that was off', OURS_OFF, install(OURS_OFF, wanted('2'))],
  [
    'an exchange of a persistent one',
    OURS_INSTEAD,
    install(OURS_INSTEAD, wanted('2', { persistent: true })),
  ],
  ['one that is persistent no more', OURS_INSTEAD, install(OURS_INSTEAD, AGAIN)],
  ['one that others have shadowed', NEWER_THEIRS, install(NEWER_THEIRS, AGAIN)],
  ['a removal', OURS, remove(OURS)],
  ['a removal that gives back', OURS_INSTEAD, remove(OURS_INSTEAD)],
];

describe('the steps of', () => {
  it.each(CASES)('%s are done or undone wherever they are interrupted', (_name, before, steps) => {
    const [start, end] = [settled(before), settled(applyAll(before, steps))];
    for (let count = 0; count <= steps.length; count += 1) {
      const interrupted = settled(applyAll(before, steps.slice(0, count)));
      const done = steps.slice(0, count).map(({ kind }) => kind);
      // Of a removal what is given back first is taken again, or the rest is done by the next removal.
      const removes = steps.some(({ kind }) => kind === 'forget');
      const result = removes ? settled(applyAll(interrupted, remove(interrupted))) : interrupted;
      expect(removes ? [end] : [start, end], done.join()).toContainEqual(result);
    }
  });

  it.each(CASES)('%s leave no moment without a handler', (_name, before, steps) => {
    const serves = (at: Situation): boolean => findServingHandler(at.table, ARM64) !== undefined;
    const after = applyAll(before, steps);
    let now = before;
    for (const step of steps) {
      now = apply(now, step);
      if (serves(before) && serves(after)) expect(serves(now), step.kind).toBe(true);
    }
  });

  it.each(CASES)('%s change nothing when the proof fails', (_name, before, steps) => {
    const proof = steps.findIndex(({ kind }) => kind === 'verify');
    expect(settled(applyAll(before, steps.slice(0, Math.max(0, proof))))).toEqual(settled(before));
  });

  it('a handler that is as it should be are its proof alone', () => {
    expect(install(OURS, AGAIN).map(({ kind }) => kind)).toEqual(['verify']);
    expect(mendSteps(OURS_INSTEAD, PLACES)).toEqual([]);
    expect(sweepSteps(OURS_INSTEAD, PLACES)).toEqual([]);
  });

  it('a removal bring back what there was', () => {
    expect(settled(applyAll(OURS_INSTEAD, remove(OURS_INSTEAD)))).toEqual(THEIRS);
    expect(settled(applyAll(OURS, remove(OURS)))).toEqual(EMPTY);
    expect(remove(THEIRS)).toEqual([]);
  });
});

describe('handlers of others', () => {
  const refused = (at: Situation): readonly string[] =>
    findRefusals(at, ARM64, PLACES).map(({ name }) => name);

  it('are refused while nobody agreed to replace them', () => {
    expect(refused(THEIRS)).toEqual(['theirs']);
    expect(refused(WIDE)).toEqual(['wide']);
    expect(refused(NEWER_THEIRS)).toEqual(['other']);
    expect(refused(situation([entry('theirs', { enabled: false })]))).toEqual([]);
    expect(
      refused(situation([entry('ext', { magic: Buffer.alloc(0), mask: Buffer.alloc(0) })])),
    ).toEqual([]);
  });

  it('are refused again when ours is gone', () => {
    const { handlers } = installed(WIDE, wanted('1')).table;
    expect(refused({ ...installed(WIDE, wanted('1')) })).toEqual([]);
    const gone = handlers.filter(({ name }) => name === 'wide');
    expect(
      refused({ ...installed(WIDE, wanted('1')), table: { ...WIDE.table, handlers: gone } }),
    ).toEqual(['wide']);
  });

  it('are not switched off when other platforms need them', () => {
    const kinds = install(WIDE, wanted('1')).map(({ kind }) => kind);
    expect(kinds).not.toContain('switch-off');
    expect(install(THEIRS, wanted('1')).map(({ kind }) => kind)).toContain('switch-off');
  });

  it('are one of theirs, too, when only its name is ours', () => {
    const namesake = situation([entry('archparity-aarch64')]);
    expect(refused(namesake)).toEqual(['archparity-aarch64']);
    expect(remove(namesake)).toEqual([]);
    expect(mendSteps(namesake, PLACES)).toEqual([]);
  });
});

describe('after a reboot', () => {
  const rebooted = (at: Situation): Situation => ({
    ...at,
    bootId: 'second',
    table: { ...at.table, handlers: [] },
  });

  it('a handler is forgotten, unless it is to be registered at boot', () => {
    expect(settled(rebooted(OURS))).toEqual({ ...EMPTY, bootId: 'second' });
    expect(settled(rebooted(OURS_INSTEAD)).state).toEqual(OURS_INSTEAD.state);
  });

  it('one that is gone in the same boot is not', () => {
    const wiped = { ...OURS, table: { ...OURS.table, handlers: [] } };
    expect(settled(wiped).state).toEqual(OURS.state);
  });
});
