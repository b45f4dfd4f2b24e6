import { spawnSync } from 'node:child_process';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { matchesFilter, parseFilter } from '../../../src/plan/index.ts';
import { quoteForShell, reproduceCommand } from '../../../src/report/reproduce-command.ts';
import { RunContext, type RunStarted } from '../../../src/report/run-context.ts';
import { define, startRun } from './make-result.ts';

function command(
  definition: ReturnType<typeof define>,
  start: Partial<RunStarted> = {},
  program = 'archparity',
): string {
  const context = new RunContext();
  context.observe(startRun(start));
  return reproduceCommand(definition, context, program);
}

/** The last word that a real shell makes of each command; one shell for all of them. */
function lastWords(commands: readonly string[]): readonly string[] {
  const script = ['archparity() { printf "%s\\0" "${@: -1}"; }', ...commands].join('\n');
  const { stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  return stdout.split('\0').slice(0, -1);
}

describe('reproduceCommand', () => {
  it('names the suite file from the directory of the run, and what chose lanes and subject', () => {
    const argv = [
      ...['test', 'parity.yaml', '--reporter', 'json', '-j', '4', '--lane', 'q10=emulated,cpu=max'],
      ...['--binary=linux/arm64=build/my app', '--filter', 'x', '--fail-fast', '--lane'],
    ];
    expect(command(define('app', 'x'), { argv })).toBe(
      "archparity test parity.yaml --lane q10=emulated,cpu=max '--binary=linux/arm64=build/my app' --filter 'app/x'",
    );
  });

  it('keeps a path outside that directory whole', () => {
    const suites = [{ name: 'app', file: '/srv/suites/app.yaml' }];
    expect(command(define('app', 'x'), { suites, argv: [] }, 'npx archparity')).toBe(
      "npx archparity test /srv/suites/app.yaml --filter 'app/x'",
    );
  });

  it('names the subject of a suite that was generated', () => {
    const image = define('tools', 'x', { subject: { kind: 'image', reference: 'oci:build/t:2' } });
    expect(command(image, { argv: [] })).toBe("archparity test oci:build/t:2 --filter 'tools/x'");
    const binary = define('tools', 'x', {
      subject: { kind: 'binary', paths: { 'linux/amd64': './a', 'linux/arm64': './b' } },
    });
    expect(command(binary, { argv: [] })).toBe(
      "archparity test --binary linux/amd64=./a --binary linux/arm64=./b --filter 'tools/x'",
    );
  });

  it('gives a filter that finds the case, whatever its name', () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(' & ', 'tag(', ')', "'", '"', '\\', '\n', '\u001b[2J', '/', '!', '(', '  '),
    );
    const name = fc
      .array(part, { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('').replaceAll('\0', ''))
      .filter((text) => text.trim() !== '');
    const definitions = fc.sample(name, 200).map((text) => define('app', text));
    const commands = definitions.map((definition) => command(definition, { argv: [] }));
    const filters = lastWords(commands);
    expect(filters).toHaveLength(definitions.length);
    const lane = { id: 'native', kind: 'native' } as const;
    for (const [place, definition] of definitions.entries()) {
      expect(commands[place]).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      const filter = parseFilter(filters[place] ?? '');
      expect([definition.name, matchesFilter(filter, definition, lane)]).toEqual([
        definition.name,
        true,
      ]);
    }
  });
});

describe('quoteForShell', () => {
  it('leaves alone what needs no quotes', () => {
    expect(quoteForShell('--lane=emulated,qemu=/opt/q10/qemu-aarch64')).not.toContain("'");
  });
});
