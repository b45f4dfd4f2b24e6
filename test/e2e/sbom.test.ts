// The list of what is in the bundles, as other people's tools read it.
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { machine } from './cli.ts';
import { BUILT } from './packed.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly { readonly license?: { readonly id: string } }[];
  readonly hashes?: readonly { readonly content: string }[];
}

const text = readFileSync(join(BUILT, 'dist/sbom.cdx.json'), 'utf8');
const bom = JSON.parse(text) as {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
};
const manifest = JSON.parse(readFileSync(join(BUILT, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
};

function fullName({ group, name }: Component): string {
  return group === undefined ? name : `${group}/${name}`;
}

it('is valid CycloneDX 1.6, with all keys known', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  expect(await validator.validate(text)).toBeNull();
});

it('is about this version', () => {
  expect(bom.metadata.component).toMatchObject({
    name: 'archparity',
    version: manifest.version,
    licenses: [{ license: { id: 'MIT' } }],
  });
});

it('lists what LICENSES.txt has, with the licences and the hashes of the lockfile', () => {
  const licenses = readFileSync(join(BUILT, 'dist/LICENSES.txt'), 'utf8');
  const headings = [...licenses.matchAll(/^={72}\n(.+)$/gm)].map(([, heading]) => heading);
  const listed = bom.components.map(
    (part) => `${fullName(part)} ${part.version} (${part.licenses[0]?.license?.id ?? ''})`,
  );
  expect(listed.sort()).toEqual([...new Set(headings)].sort());
  const lock = readFileSync(join(BUILT, 'package-lock.json'), 'utf8');
  const packages = bom.components.filter((part) => part['bom-ref'].startsWith('pkg:npm/'));
  const unknown = packages.filter(({ hashes = [] }) => {
    const hash = Buffer.from(hashes[0]?.content ?? '', 'hex').toString('base64');
    return hash === '' || !lock.includes(`"integrity": "sha512-${hash}"`);
  });
  expect(unknown).toEqual([]);
});

it('says which package is there for which', () => {
  const needs = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const parts = new Map(bom.components.map((part) => [part['bom-ref'], part]));
  const own = needs.get(bom.metadata.component['bom-ref']) ?? [];
  const names = own.map((ref) => parts.get(ref)).map((part) => part && fullName(part));
  expect(names.sort()).toEqual(Object.keys(manifest.dependencies).sort());
  for (const program of ['archparity-agent', 'archparity-probe']) {
    const libraries = (needs.get(program) ?? []).map((ref) => parts.get(ref));
    expect(libraries.length).toBeGreaterThan(0);
    for (const library of libraries) expect(library).toMatchObject({ name: 'glibc' });
  }
  const reached = new Set([...own, ...(needs.get('archparity-agent') ?? [])]);
  for (const ref of reached) for (const next of needs.get(ref) ?? []) reached.add(next);
  expect([...reached].sort()).toEqual([...parts.keys()].sort());
});

it('has the same bytes when it is built again and elsewhere, as has the man page', () => {
  const elsewhere = join(machine.directory, `built-${process.pid}`);
  mkdirSync(elsewhere);
  for (const part of ['src', 'scripts', 'package.json', 'package-lock.json'])
    cpSync(join(BUILT, part), join(elsewhere, part), { recursive: true });
  symlinkSync(join(BUILT, 'node_modules'), join(elsewhere, 'node_modules'));
  execFileSync(join(elsewhere, 'scripts/build'), ['js', 'man']);
  for (const name of ['dist/sbom.cdx.json', 'dist/LICENSES.txt', 'dist/archparity.1'])
    expect(readFileSync(join(elsewhere, name))).toEqual(readFileSync(join(BUILT, name)));
});
