import { describe, expect, it } from 'vitest';
import { cpuNote, fallbackNote } from '../../../src/app/run-notes.ts';
import type { LaneInfo, LaneSpec, Termination } from '../../../src/core/index.ts';
import { observe } from '../report/make-result.ts';

const spec = (settings: LaneSpec['settings'] = {}): LaneSpec => ({
  id: 'emulated',
  kind: 'emulated',
  settings,
});

const lane = (mode: string, isolated: boolean): LaneInfo => ({
  id: 'emulated',
  kind: 'emulated',
  platform: 'linux/arm64',
  capabilities: ['binaries', ...(isolated ? (['isolated-files'] as const) : [])],
  fingerprint: {},
  mode,
  referee: { kernel: 'borrowed', cpu: 'tcg' },
});

describe('fallbackNote', () => {
  it('says nothing of a first choice', () => {
    expect(fallbackNote(spec(), lane('private binfmt_misc', true))).toBeUndefined();
    const native: LaneInfo = { ...lane('namespaces', true), kind: 'native' };
    expect(fallbackNote({ ...spec(), kind: 'native' }, native)).toBeUndefined();
  });

  it('says that nothing keeps a program from the files of the caller', () => {
    expect(fallbackNote(spec(), lane('handler of the host; no namespaces (x)', false))).toBe(
      'the lane emulated is not isolated, the program can write to your files: handler of the host; no namespaces (x)',
    );
  });

  it('names what stands in for a private handler', () => {
    expect(fallbackNote(spec(), lane('handler of the host', true))).toBe(
      'the lane emulated works with a fallback: handler of the host',
    );
  });

  it('says nothing of what was asked for', () => {
    const none = lane('explicit qemu prefix; no namespaces', false);
    expect(fallbackNote(spec({ isolation: 'none' }), none)).toBeUndefined();
    expect(fallbackNote(spec({ binfmt: 'host' }), lane('handler of the host', true))).toBe(
      undefined,
    );
  });
});

describe('cpuNote', () => {
  const note = (termination: Termination, cpu: string): string | undefined =>
    cpuNote(
      { number: 1, observation: observe('', { termination }) },
      { ...lane('private binfmt_misc', true), fingerprint: { cpu } },
    );

  it('names cpu=max for an instruction that the chosen CPU lacks, and for nothing else', () => {
    const illegal = { kind: 'signal', signal: 'SIGILL' } as const;
    expect(note(illegal, 'neoverse-n1')).toBe(
      'SIGILL: the CPU neoverse-n1 may lack an instruction of the program; try --lane emulated,cpu=max',
    );
    expect(note(illegal, 'max,pauth-impdef=on')).toBeUndefined();
    expect(note({ kind: 'signal', signal: 'SIGSEGV' }, 'neoverse-n1')).toBeUndefined();
    expect(note({ kind: 'exit', code: 132 }, 'neoverse-n1')).toBeUndefined();
  });
});
