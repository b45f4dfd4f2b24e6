import { SOME_ARCHITECTURES_ONLY } from './distribution-differences.ts';

/** Packages of a database, one line each, sorted. */
export interface PackageList {
  /** `package bash 5.2.15-2`. */
  readonly lines: readonly string[];
  /** Names that were left out because not every architecture has them. */
  readonly leftOut: readonly string[];
}

const DPKG = /^\/var\/lib\/dpkg\/(?:status|status\.d\/[^/]+)$/;
const APK = /^(?:\/usr)?\/lib\/apk\/db\/installed$/;

/**
 * The packages that a database of dpkg (also distroless's `status.d`) or apk names, `undefined` for any
 * other file. Sizes, hashes and dependencies differ between architectures; names and versions must not.
 */
export function readPackages(path: string, text: string): PackageList | undefined {
  if (DPKG.test(path) && !path.endsWith('.md5sums')) return listPackages(text, readDpkgPackage);
  if (APK.test(path)) return listPackages(text, readApkPackage);
  return undefined;
}

interface PackageEntry {
  readonly name: string;
  readonly line: string;
}

function listPackages(
  text: string,
  read: (fields: ReadonlyMap<string, string>) => PackageEntry | undefined,
): PackageList {
  const entries = text.split(/\n\n+/).flatMap((paragraph) => read(readFields(paragraph)) ?? []);
  const isLeftOut = ({ name }: PackageEntry): boolean => SOME_ARCHITECTURES_ONLY.test(name);
  return {
    lines: entries
      .filter((entry) => !isLeftOut(entry))
      .map(({ line }) => line)
      .toSorted(),
    leftOut: entries.filter(isLeftOut).map(({ name }) => name),
  };
}

function readFields(paragraph: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of paragraph.split('\n')) {
    const at = line.indexOf(':');
    // Continuation lines begin with a blank; of apk's repeated fields the first is the package's own.
    if (at <= 0 || line.startsWith(' ') || fields.has(line.slice(0, at))) continue;
    fields.set(line.slice(0, at), line.slice(at + 1).trim());
  }
  return fields;
}

function readDpkgPackage(fields: ReadonlyMap<string, string>): PackageEntry | undefined {
  const name = fields.get('Package');
  if (name === undefined) return undefined;
  // A rebuild for one architecture (+b1) has the same source.
  const version = (fields.get('Version') ?? '').replace(/\+b\d+$/, '');
  const status = fields.get('Status') ?? 'install ok installed';
  const state = status === 'install ok installed' ? '' : ` (${status})`;
  return { name, line: `package ${name} ${version}${state}` };
}

function readApkPackage(fields: ReadonlyMap<string, string>): PackageEntry | undefined {
  const name = fields.get('P');
  return name === undefined
    ? undefined
    : { name, line: `package ${name} ${fields.get('V') ?? ''}` };
}

/** The versions of a package that a database names as installed, whole; none where it is no such database. */
export function readPackageVersions(path: string, text: string, name: string): string[] {
  const isDpkg = DPKG.test(path) && !path.endsWith('.md5sums');
  if (!isDpkg && !APK.test(path)) return [];
  const [nameField, versionField] = isDpkg ? ['Package', 'Version'] : ['P', 'V'];
  return text.split(/\n\n+/).flatMap((paragraph) => {
    const fields = readFields(paragraph);
    const isInstalled = (fields.get('Status') ?? 'install ok installed').endsWith(' installed');
    const version = fields.get(versionField);
    return fields.get(nameField) === name && isInstalled && version !== undefined ? [version] : [];
  });
}
