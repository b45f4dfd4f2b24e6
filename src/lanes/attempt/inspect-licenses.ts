import type { ImageFiles } from './image-files.ts';

/** Where Debian's packages tell their licenses. Source: Debian Policy, 12.5. */
const DOCUMENTATION = '/usr/share/doc';
/** Licenses that container-structure-test refuses, and what it lets pass all the same. */
const REFUSED = ['AGPL', 'WTFPL'];
const EXEMPT = new Set(['libgnutls30']);

/** What is wrong with the licenses of an image's Debian packages, one line each, and how many were looked at. */
export async function inspectLicenses(
  files: ImageFiles,
): Promise<{ readonly findings: readonly string[]; readonly packages: number }> {
  if ((await files.resolve(DOCUMENTATION)) === undefined)
    return { findings: [`${DOCUMENTATION}: not there`], packages: 0 };
  const findings: string[] = [];
  let packages = 0;
  for (const name of await files.list(DOCUMENTATION)) {
    const directory = `${DOCUMENTATION}/${name}`;
    if (EXEMPT.has(name) || (await files.lookUp(directory))?.type !== 'directory') continue;
    packages += 1;
    const finding = await checkLicense(`${directory}/copyright`, files);
    if (finding !== undefined) findings.push(finding);
  }
  return { findings, packages };
}

async function checkLicense(path: string, files: ImageFiles): Promise<string | undefined> {
  const bytes = await files.read(path);
  if (bytes === undefined) return `${path}: not there, or not a file`;
  const text = bytes.toString('utf8').toUpperCase();
  const word = REFUSED.find((candidate) => text.includes(candidate));
  return word === undefined ? undefined : `${path}: names ${word}`;
}
