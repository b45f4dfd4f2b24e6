// What is in the tarball, and whether other people's tools find their way in it.
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { beforeAll, expect, it } from 'vitest';
import { anyCaller, machine, makeDirectory, ROOT, runCli } from './cli.ts';
import { BUILT, copyTree, packTree, type Packed } from './packed.ts';

const MIB = 1024 * 1024;

let work = '';
let packed: Packed;
beforeAll(() => {
  work = join(machine.directory, `contents-${process.pid}`);
  packed = packTree(copyTree(join(work, 'tree')), join(work, 'first'));
}, 120_000);

it('holds the built program and nothing else', () => {
  expect(packed.paths).toContain('dist/bin/archparity.cjs');
  expect(packed.paths).toContain('dist/agent/linux-amd64/archparity-agent');
  expect(packed.paths).toContain('dist/agent/linux-arm64/archparity-agent');
  expect(packed.paths).toContain('dist/probe/linux-amd64/bin/archparity-probe');
  expect(packed.paths).toContain('dist/probe/linux-arm64/bin/archparity-probe');
  expect(packed.paths).toContain('dist/types/index.d.ts');
  for (const name of ['suite', 'record', 'report'])
    expect(packed.paths).toContain(`dist/${name}.schema.json`);
  expect(packed.paths).toContain('dist/archparity.1');
  expect(packed.paths).toContain('dist/sbom.cdx.json');
  const wrong = packed.paths.filter(
    (path) =>
      !/^(?:dist\/|docs\/|scripts\/ci\/|package\.json$|LICENSE$|README\.md$|CHANGELOG\.md$)/.test(
        path,
      ),
  );
  expect(wrong).toEqual([]);
});

it('has what its README leads to', () => {
  const readme = readFileSync(join(work, 'tree/README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\((docs\/[^)#]*)/g)].map(([, path = '']) => path);
  expect(links.length).toBeGreaterThan(20);
  const lost = links.filter((link) => !packed.paths.some((path) => path.startsWith(link)));
  expect(lost).toEqual([]);
});

it('has the same bytes whenever and wherever it is packed', () => {
  const again = copyTree(join(work, 'elsewhere/tree'));
  utimesSync(join(again, 'package.json'), 1_000_000_000, 1_000_000_000);
  const hash = (file: string): string =>
    createHash('sha256').update(readFileSync(file)).digest('hex');
  expect(hash(packTree(again, join(work, 'second')).file)).toBe(hash(packed.file));
});

it('is small', () => {
  expect(statSync(packed.file).size).toBeLessThan(5 * MIB);
});

it('is as publint wants packages', async () => {
  const { messages } = await publint({
    pack: { tarball: toArrayBuffer(readFileSync(packed.file)) },
    strict: true,
  });
  expect(messages).toEqual([]);
});

it('has types that fit, for everybody who can import it: it is for ES modules', async () => {
  const result = await checkPackage(createPackageFromTarballData(readFileSync(packed.file)));
  if (result.types === false) throw new Error('the package has no types');
  expect(Object.keys(result.entrypoints)).toEqual([
    '.',
    './vitest',
    './suite.schema.json',
    './record.schema.json',
    './report.schema.json',
    './package.json',
  ]);
  const others = result.problems.filter(
    (problem) =>
      // `require` of an ES module, and TypeScript's resolution of Node 10, which knows no exports.
      problem.kind !== 'CJSResolvesToESM' &&
      !('resolutionKind' in problem && problem.resolutionKind === 'node10'),
  );
  expect(others).toEqual([]);
});

it('has types of packages that are installed with it', () => {
  const manifest = JSON.parse(readFileSync(join(work, 'tree/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const imported = packed.paths
    .filter((path) => path.endsWith('.d.ts'))
    .flatMap((path) => {
      const text = readFileSync(join(work, 'tree', path), 'utf8');
      return [...text.matchAll(/\bfrom '((?:@[^/']+\/)?[^./'][^/']*)/g)].map(
        ([, name]) => name ?? '',
      );
    })
    .filter((name) => !name.startsWith('node:') && !(name in manifest.dependencies));
  // Who imports archparity/vitest has Vitest.
  expect([...new Set(imported)]).toEqual(['vitest']);
});

it.each([
  // Everybody waits for these; what they load is most of what they take. The budgets are twice of what is there.
  { words: ['--version'], mostKib: 44 },
  { words: ['run', join(ROOT, 'build/bin/amd64/hello')], mostKib: 400 },
])('starts with little code: archparity $words.0', async ({ words, mostKib }) => {
  const directory = makeDirectory(anyCaller, 'coverage');
  const { code } = await runCli(anyCaller, words, {
    cli: join(BUILT, 'dist/bin/archparity.cjs'),
    env: { NODE_V8_COVERAGE: directory },
  });
  expect(code).toBe(0);
  const bytes = readdirSync(directory)
    .flatMap((name) => loadedFiles(join(directory, name)))
    .reduce((sum, file) => sum + statSync(file).size, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes / 1024).toBeLessThan(mostKib);
});

/** The scripts that a process has loaded, by V8's account. */
function loadedFiles(coverage: string): string[] {
  const { result } = JSON.parse(readFileSync(coverage, 'utf8')) as { result: { url: string }[] };
  const files = result.flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []));
  return [...new Set(files)];
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
