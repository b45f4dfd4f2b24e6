import { describe, expect, it } from 'vitest';
import type { LaneInfo } from '../../../src/core/index.ts';
import { describeLane } from '../../../src/report/describe-lane.ts';

function lane(fingerprint: LaneInfo['fingerprint'], kind: LaneInfo['kind'] = 'native'): LaneInfo {
  return {
    id: 'lane',
    kind,
    platform: 'linux/amd64',
    capabilities: [],
    fingerprint,
    mode: 'namespaces',
    referee: { kernel: 'borrowed', cpu: 'hardware' },
  };
}

describe('describeLane', () => {
  it('names the engine that somebody asked for', () => {
    expect(describeLane(lane({ containers: 'podman 4.3.1' }), false)).toBe(
      'linux/amd64 · containers podman 4.3.1 · namespaces',
    );
    for (const usual of [{ containers: 'crun 1.8.1' }, {}])
      expect(describeLane(lane(usual), false)).toBe('linux/amd64 · namespaces');
  });

  it('names the kernel where it is another one, and everything with --verbose', () => {
    const facts = { kernel: '6.1', containers: 'crun' };
    expect(describeLane(lane(facts, 'ssh'), false)).toBe('linux/amd64 · kernel 6.1 · namespaces');
    expect(describeLane(lane(facts), true)).toBe(
      'linux/amd64 · kernel 6.1 · containers crun · namespaces',
    );
  });
});
