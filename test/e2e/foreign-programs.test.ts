// An arm64 lane on an amd64 machine runs amd64 programs as well: no result of theirs counts as one of arm64.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLayout } from '../fixtures/oci-layout.ts';
import { CALLERS, machine, makeDirectory, program, runCli, type Caller } from './cli.ts';
import { parseReport, type JsonReport } from './records.ts';

/** Both platforms of it have the amd64 program, and the arm64 one an interpreter for scripts of amd64, too. */
let image = '';
beforeAll(() => {
  const layout = createLayout(join(machine.directory, `foreign-${process.pid}`));
  const executable = (name: string, content: Buffer | string) => ({ name, content, mode: 0o755 });
  const manifests = (['amd64', 'arm64'] as const).map((arch) =>
    layout.addImage({
      platform: `linux/${arch}`,
      config: { Entrypoint: ['/hello'] },
      layers: [
        [
          executable('hello', readFileSync(program('hello', 'amd64'))),
          executable('right', readFileSync(program('exit42', arch))),
          executable('script', '#! /hello\nmore\n'),
        ],
      ],
    }),
  );
  layout.writeIndex(['v1', layout.addIndex(manifests)]);
  image = `oci:${layout.dir}:v1`;
});

async function test(caller: Caller, suite: string): Promise<JsonReport> {
  const cwd = makeDirectory(caller);
  writeFileSync(join(cwd, 'suite.yaml'), suite);
  const result = await runCli(caller, ['test', 'suite.yaml', '--reporter', 'json'], { cwd });
  return parseReport(result.stdout);
}

describe.each(CALLERS)('amd64 programs on the emulated lane, as $name', (caller) => {
  it('are refused by run, every time and without any output of theirs', async () => {
    const runs = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        runCli(caller, ['run', '--pid1', index === 7 ? 'subject' : 'init', image]),
      ),
    );
    for (const result of runs) {
      expect(result).toMatchObject({ code: 125, stdout: '' });
      expect(result.stderr).toContain('amd64 program inside the arm64 image');
    }
  });

  it('fail a case of an image, also behind a script', async () => {
    const report = await test(
      caller,
      `version: 1
name: wrong
subject: { image: '${image}' }
cases:
  - { name: entrypoint, args: [] }
  - { name: script, run: [/script] }
  - { name: right, run: [/right] }
`,
    );
    const verdicts = Object.fromEntries(report.cases.map((entry) => [entry.name, entry.verdict]));
    expect(verdicts).toEqual({ entrypoint: 'mismatch', script: 'mismatch', right: 'match' });
    for (const name of ['entrypoint', 'script']) {
      const lanes = report.cases.find((entry) => entry.name === name)?.lanes;
      expect(lanes?.['native']?.verdict).toBe('match');
      expect(JSON.stringify(lanes?.['emulated'])).toContain('amd64 program inside the arm64 image');
    }
  });

  it('are remarked on where they are tools of this machine for a binary', async () => {
    const report = await test(
      caller,
      `version: 1
name: tools
subject: { binary: { linux/amd64: ${program('hello', 'amd64')}, linux/arm64: ${program('hello')} } }
cases:
  - { name: tool, run: [uname, -m] }
  - { name: subject, args: [] , normalize: [arch] }
`,
    );
    const notes = (name: string): unknown =>
      report.cases.find((entry) => entry.name === name)?.lanes['emulated']?.attempts[0]?.notes;
    expect(notes('tool')).toEqual([
      'the command is a program of this machine, for amd64: only what it starts of the subject is for arm64',
    ]);
    expect(notes('subject')).toBeUndefined();
  });
});
