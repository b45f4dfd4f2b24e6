import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quarantineCases } from '../../../src/app/quarantine-cases.ts';
import { ArchParityError, digestCase, type Suite } from '../../../src/core/index.ts';
import { useTempDirectory } from '../record/record-files.ts';
import { define } from '../report/make-result.ts';

const path = useTempDirectory();

const CASES = [
  define('app', 'starts'),
  define('app', 'counts slowly', { tags: ['slow'] }),
  define('tools', 'starts'),
];

async function quarantine(...entries: readonly string[]): Promise<Record<string, string>> {
  const file = path('archparity.yaml');
  writeFileSync(file, ['quarantine:', ...entries.map((entry) => `  - ${entry}`), ''].join('\n'));
  const suites = [{ name: 'all', cases: CASES }] as unknown as readonly Suite[];
  const marked = await quarantineCases(suites, dirname(file));
  return Object.fromEntries(
    marked.flatMap(({ cases }) =>
      cases.flatMap(({ id, quarantine: entry }) =>
        entry === undefined ? [] : [[id, `${entry.until} ${entry.reason}`]],
      ),
    ),
  );
}

describe('quarantineCases', () => {
  it.each<readonly [cases: string, ids: readonly string[]]>([
    ['starts', ['app/starts', 'tools/starts']],
    ['app/starts', ['app/starts']],
    ['suite(app) & !tag(slow)', ['app/starts']],
    ['tag(slow) | suite(tools)', ['app/counts slowly', 'tools/starts']],
    ['name(/^count/)', ['app/counts slowly']],
    ['nothing of the kind', []],
  ])('finds the cases of %j', async (cases, ids) => {
    const found = await quarantine(`{cases: '${cases}', until: 2027-01-31, reason: why}`);
    expect(found).toEqual(Object.fromEntries(ids.map((id) => [id, '2027-01-31 why'])));
  });

  it('takes of several entries the one that holds longest', async () => {
    const entry = (until: string) => `{cases: tag(slow), until: ${until}, reason: until ${until}}`;
    const found = { 'app/counts slowly': '2027-03-01 until 2027-03-01' };
    expect(await quarantine(entry('2027-03-01'), entry('2027-02-28'))).toEqual(found);
    expect(await quarantine(entry('2027-02-28'), entry('2027-03-01'))).toEqual(found);
  });

  it.each([
    ['tag(', 'The filter cannot be read', 13],
    ['" "', '"cases" cannot be empty', 13],
    [
      'suite(app) & lane(vm)',
      'A case is in quarantine on all of its lanes: lane(…) has no place here',
      13,
    ],
    ['!(tag(a) | !lane(/e/))', 'A case is in quarantine on all of its lanes', 13],
  ])('refuses the filter %j at its place', async (cases, message, column) => {
    const written = cases.startsWith('"') ? cases : `'${cases}'`;
    const error: unknown = await quarantine(
      `{cases: ${written}, until: 2027-01-31, reason: why}`,
    ).catch((thrown: unknown) => thrown);
    if (!(error instanceof ArchParityError)) throw error;
    expect(error).toMatchObject({ code: 'PROJECT_INVALID', exitCode: 2 });
    expect(error.diagnostics).toHaveLength(1);
    expect(error.diagnostics[0]?.message).toContain(message);
    expect(error.diagnostics[0]?.position).toMatchObject({ line: 2, column });
  });

  it('leaves what a case does as it is', async () => {
    expect(await quarantine('{cases: starts, until: 2027-01-31, reason: why}')).not.toEqual({});
    const [one] = CASES;
    if (one === undefined) throw new Error('there is no case');
    const marked = { ...one, quarantine: { until: '2027-01-31', reason: 'why' } };
    expect(digestCase(marked)).toBe(digestCase(one));
  });
});
