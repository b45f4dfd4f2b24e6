import { describe, expect, it } from 'vitest';
import type { CaseDefinition, LaneInfo } from '../../../src/core/index.ts';
import { decideLane } from '../../../src/plan/index.ts';
import { EMULATED, makeCase, NATIVE } from './make-case.ts';

const BINARY: Partial<CaseDefinition> = {
  subject: { kind: 'binary', paths: { 'linux/amd64': '/app' } },
};

function without(...missing: LaneInfo['capabilities'][number][]) {
  const capabilities = EMULATED.capabilities.filter((one) => !missing.includes(one));
  return { ...EMULATED, capabilities };
}

describe('decideLane', () => {
  it.each<[string, Partial<CaseDefinition>, typeof EMULATED, string]>([
    [
      'a platform',
      { when: { platform: ['linux/amd64'] } },
      EMULATED,
      'the case is for linux/amd64 only',
    ],
    [
      'a lane',
      { when: { lane: ['vm', 'native'] } },
      EMULATED,
      'the case is for lane vm, native only',
    ],
    // A case that does not want a lane is not unsupported there.
    [
      'a lane before a capability',
      { when: { lane: ['vm'] } },
      without('images'),
      'the case is for lane vm only',
    ],
  ])('skips by %s', (_title, changes, lane, reason) => {
    expect(decideLane(makeCase(changes), lane)).toEqual({ kind: 'skipped', reason });
  });

  it('calls what a lane should have run that is not there unsupported, nothing else', () => {
    const gone = { ...EMULATED, capabilities: [], absent: 'the lane could not be opened (GONE)' };
    expect(decideLane(makeCase(), gone)).toEqual({ kind: 'unsupported', reason: gone.absent });
    expect(decideLane(makeCase({ when: { lane: ['vm'] } }), gone).kind).toBe('skipped');
  });

  it('inspects images only', () => {
    const command = { kind: 'inspect', what: 'files' } as const;
    expect(decideLane(makeCase({ ...BINARY, command }), EMULATED)).toEqual({
      kind: 'unsupported',
      reason: 'only an image can be inspected',
    });
  });

  it.each<Partial<CaseDefinition>>([
    { when: { platform: ['linux/amd64', 'linux/arm64'] } },
    { when: { lane: ['q10'] } },
    { when: { lane: ['emulated'], platform: ['linux/arm64'] } },
  ])('runs where %j holds', (changes) => {
    expect(decideLane(makeCase(changes), EMULATED)).toEqual({ kind: 'run', notes: [] });
  });

  it.each<[Partial<CaseDefinition>, typeof EMULATED, string]>([
    [{}, without('images'), 'this lane cannot run images'],
    [BINARY, without('binaries'), 'this lane cannot run binaries'],
    [BINARY, EMULATED, 'there is no binary for linux/arm64, only for linux/amd64'],
    [
      { subject: { kind: 'binary', paths: { 'linux/arm64': '/app' } }, user: 'app' },
      EMULATED,
      'only an image has users: a binary runs as you',
    ],
    [{ compare: ['files'] }, without('files'), 'this lane cannot report changed files'],
    [{ expect: { files: [] } }, without('files'), 'this lane cannot report changed files'],
    [
      { expect: { platform: { 'linux/arm64': { files: [] } } } },
      without('files'),
      'this lane cannot report changed files',
    ],
  ])('finds %j unsupported', (changes, lane, reason) => {
    expect(decideLane(makeCase(changes), lane)).toEqual({ kind: 'unsupported', reason });
  });

  it('does not need for one platform what another one needs', () => {
    const definition = makeCase({ expect: { platform: { 'linux/amd64': { files: [] } } } });
    expect(decideLane(definition, without('files')).kind).toBe('run');
    expect(decideLane(makeCase(BINARY), NATIVE).kind).toBe('run');
  });

  it('notes a network that is not isolated, only where that was asked for', () => {
    const lane = { ...without('isolated-network'), platform: NATIVE.platform };
    expect(decideLane(makeCase(BINARY), lane)).toEqual({
      kind: 'run',
      notes: ['this lane cannot isolate the network: the subject sees the network of its host'],
    });
    const onHost = makeCase({ ...BINARY, network: 'host' });
    expect(decideLane(onHost, lane)).toEqual({ kind: 'run', notes: [] });
    // A container has a network of its own wherever there are containers.
    expect(decideLane(makeCase(), lane)).toEqual({ kind: 'run', notes: [] });
  });
});
