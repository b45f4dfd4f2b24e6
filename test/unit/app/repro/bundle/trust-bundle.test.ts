import { describe, expect, it } from 'vitest';
import { trustBundle } from '../../../../../src/app/repro/bundle/trust-bundle.ts';
import type { CaseDefinition, LaneInfo } from '../../../../../src/core/index.ts';
import { makeCase } from '../../../plan/make-case.ts';
import { makeLane } from '../../recorded/make-recorded.ts';

const BINARY = { subject: { kind: 'binary', paths: {} } } as const;
const open = makeLane('emulated');
const isolated: LaneInfo = { ...open, capabilities: ['isolated-network'] };
const NOTES = ['the case of the bundle has the network of this machine'];

const trust = (
  changes: Partial<CaseDefinition>,
  lane: LaneInfo,
  { given = [] as readonly string[], isBundled = true } = {},
) =>
  trustBundle(
    { definition: makeCase(changes), given, recorded: isBundled ? { isBundled } : {} },
    lane,
  );

describe('trustBundle', () => {
  it('says which cases have the network of the machine', () => {
    expect(trust({ network: 'host' }, isolated)).toEqual(NOTES);
    expect(trust(BINARY, open)).toEqual(NOTES);
    expect(trust(BINARY, isolated)).toEqual([]);
    // A container has a network of its own wherever there are containers.
    expect(trust({}, open)).toEqual([]);
    expect(trust({ network: 'host' }, open, { isBundled: false })).toEqual([]);
  });

  it('gives them no variables of the environment', () => {
    const given = ['AWS_KEY'];
    expect(trust(BINARY, isolated, { given })).toEqual([]);
    for (const refused of [
      () => trust({ network: 'host' }, isolated, { given }),
      () => trust(BINARY, open, { given }),
    ])
      expect(refused).toThrow(
        expect.objectContaining({ code: 'BUNDLE_WANTS_SECRET', exitCode: 2 }),
      );
    expect(trust({ network: 'host' }, open, { given, isBundled: false })).toEqual([]);
  });
});
