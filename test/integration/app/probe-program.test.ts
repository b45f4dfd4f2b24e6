// The list of probes and the C program cannot drift apart: the compiler and the linker see to it.
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { PROBE_FLAGS, renderProbeHeader } from '../../../scripts/build-steps/probe.ts';
import { PROBES } from '../../../src/app/probe/probe-list.ts';
import { hostPlatform } from '../../../src/core/index.ts';
import { findShippedProgram } from '../../../src/process/index.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Of this machine's architecture, which scripts/setup installs. */
const COMPILER = 'gcc';
const IDS = PROBES.map(({ id }) => id);

/** What gcc says when the program is built for a list. */
function compile(ids: readonly string[], name: string): string {
  const directory = join(inject('testMachine').directory, `probe-${name}-${process.pid}`);
  mkdirSync(directory);
  writeFileSync(join(directory, 'probes.h'), renderProbeHeader(ids));
  const sources = globSync(join(ROOT, 'src/app/probe/program/*.c'));
  const words = ['-std=gnu17', '-Werror', ...PROBE_FLAGS, `-I${directory}`, ...sources];
  const built = spawnSync(COMPILER, [...words, '-o', join(directory, 'probe'), '-lm'], {
    encoding: 'utf8',
  });
  return built.status === 0 ? '' : built.stderr;
}

describe('the probe program', () => {
  it('is built of the list', () => {
    expect(compile(IDS, 'whole')).toBe('');
  });

  it('does not link when a probe has no function', () => {
    expect(compile([...IDS, 'not-written'], 'more')).toMatch(
      /undefined reference to .probe_not_written/,
    );
  });

  it('does not compile when a function has no probe', () => {
    const fewer = IDS.filter((id) => id !== 'clone3');
    expect(compile(fewer, 'fewer')).toMatch(/no previous prototype for .probe_clone3/);
  });

  it('refuses what is no probe', () => {
    const program = findShippedProgram({ name: 'probe', platform: hostPlatform(), within: 'bin' });
    if (program === undefined) throw new Error('the probe program is not built');
    const asked = spawnSync(program, ['clone4'], { encoding: 'utf8' });
    expect(asked).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'usage: archparity-probe PROBE\n',
    });
    expect(execFileSync(program, ['statx'], { encoding: 'utf8' })).toBe('works');
  });
});
