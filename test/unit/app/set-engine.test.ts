import { describe, expect, it } from 'vitest';
import { setEngine } from '../../../src/app/set-engine.ts';
import { parseLaneSpec } from '../../../src/lanes/index.ts';

const read = (...texts: string[]) => texts.map(parseLaneSpec);

describe('setEngine', () => {
  it('sets it on lanes of this machine that name none, and keeps their names', () => {
    const lanes = read('native', 'c=emulated,engine=crun', 'vm', 'ssh:pi');
    const set = setEngine(lanes, 'podman');
    expect(set.map(({ id }) => id)).toEqual(['native', 'c', 'vm', 'ssh:pi']);
    expect(set.map(({ settings }) => settings['engine'])).toEqual([
      'podman',
      'crun',
      undefined,
      undefined,
    ]);
  });

  it('leaves lanes alone that nobody wants it for', () => {
    expect(setEngine(read('native', 'vm'), undefined)).toEqual(read('native', 'vm'));
  });

  it('refuses to be for no lane', () => {
    expect(() => setEngine(read('vm', 'ssh:pi'), 'docker')).toThrow(
      expect.objectContaining({ code: 'ENGINE_WITHOUT_LANE', exitCode: 2 }) as Error,
    );
  });
});
