import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findDependencies, type BundledPackage } from './bundled-packages.ts';
import type { StaticLibrary } from './static-libraries.ts';

type Named = Pick<BundledPackage, 'name' | 'version' | 'license' | 'dependencies'>;
type Lock = Readonly<Record<string, { readonly integrity?: string }>>;

const platforms = 'for linux/amd64 and linux/arm64';

/** What is compiled from our own C. */
const PROGRAMS = [
  { name: 'archparity-agent', what: `Compiled from src/agent ${platforms}`, isStatic: true },
  {
    name: 'archparity-probe',
    what: `Compiled from src/app/probe/program ${platforms}`,
    isStatic: true,
  },
  {
    name: 'archparity-plugin',
    what: `Compiled from src/lanes/emulated/plugin ${platforms}, a shared object that QEMU loads`,
    isStatic: false,
  },
];

/**
 * The bill of materials of dist/: the packages that the bundles hold, which of them needs which, the programs, and
 * the libraries that these are linked with.
 * It has neither a time nor a serial number, so that the same sources give the same bytes.
 * Source: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/
 */
export async function writeSbom(
  root: string,
  packages: readonly BundledPackage[],
  libraries: readonly StaticLibrary[],
): Promise<string> {
  const manifest = await readJson<Named & { readonly description: string }>(root, 'package.json');
  const lock = await readJson<{ readonly packages: Lock }>(root, 'package-lock.json');
  const { description, version, license } = manifest;
  const programs = PROGRAMS.map(({ name, what }) => ({
    ...{ type: 'application', 'bom-ref': name, name, version, description: what },
    licenses: describeLicense(license),
  }));
  // A package that is there twice, at two places, is one component.
  const places = Map.groupBy(packages, writePurl);
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
    metadata: {
      component: {
        ...{ type: 'application', ...describePackage(manifest), description },
        components: programs,
      },
    },
    components: [
      ...[...places.values()].flatMap(([first]) =>
        first === undefined ? [] : [describeBundled(first, lock.packages)],
      ),
      ...libraries.map(describeLibrary),
    ],
    dependencies: [
      describeNeeds(writePurl(manifest), [{ ...manifest, location: '' }], packages),
      ...[...places].map(([purl, same]) => describeNeeds(purl, same, packages)),
      ...PROGRAMS.map(({ name, isStatic }) => ({
        ref: name,
        dependsOn: isStatic ? libraries.map(writeDebianPurl) : [],
      })),
    ],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

async function readJson<T>(root: string, name: string): Promise<T> {
  return JSON.parse(await readFile(path.join(root, name), 'utf8')) as T;
}

/** Source: purl specification, type npm: a scope is a namespace, and its @ is encoded. */
function writePurl({ name, version }: Named): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function describePackage(named: Named) {
  const [name = '', group] = named.name.split('/').reverse();
  const purl = writePurl(named);
  return {
    ...{ 'bom-ref': purl, ...(group === undefined ? {} : { group }), name, version: named.version },
    ...{ licenses: describeLicense(named.license), purl },
  };
}

function describeLicense(license: string | undefined) {
  if (license === undefined) return [];
  const isExpression = / (?:AND|OR|WITH) /.test(license);
  return [isExpression ? { expression: license } : { license: { id: license } }];
}

/** The hash is that of the package as the registry has it, of which the bundle holds what is used. */
function describeBundled(bundled: BundledPackage, lock: Lock) {
  const [, hash] = /\bsha512-(\S+)/.exec(lock[bundled.location]?.integrity ?? '') ?? [];
  return {
    ...{ type: 'library', ...describePackage(bundled) },
    ...(hash === undefined
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }] }),
  };
}

/** Source: purl specification, type deb. */
function writeDebianPurl({ debianPackage, version }: StaticLibrary): string {
  return `pkg:deb/debian/${debianPackage}@${encodeURIComponent(version)}`;
}

function describeLibrary(library: StaticLibrary) {
  const { license, name, version } = library;
  const purl = writeDebianPurl(library);
  return {
    ...{ type: 'library', 'bom-ref': purl, name, version },
    ...{ licenses: describeLicense(license), purl },
  };
}

function describeNeeds(
  ref: string,
  places: readonly Pick<BundledPackage, 'location' | 'dependencies'>[],
  packages: readonly BundledPackage[],
) {
  const needed = places.flatMap((place) => findDependencies(place, packages).map(writePurl));
  return { ref, dependsOn: [...new Set(needed)] };
}
