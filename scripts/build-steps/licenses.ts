import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BundledPackage } from './bundled-packages.ts';
import type { StaticLibrary } from './static-libraries.ts';

/** The licence texts of the packages that the bundle holds, and of the libraries: they ask to go where their code goes. */
export async function collectLicenses(
  root: string,
  packages: readonly BundledPackage[],
  libraries: readonly StaticLibrary[],
): Promise<string> {
  const texts = [
    ...(await Promise.all(packages.map((bundled) => readLicense(root, bundled)))),
    ...libraries.map((library) => describe(library, library.text)),
  ];
  return `The programs in this directory contain these packages and libraries.\n\n${texts.join('\n')}`;
}

async function readLicense(root: string, bundled: BundledPackage): Promise<string> {
  const where = path.join(root, bundled.directory);
  const file = (await readdir(where)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  return describe(
    bundled,
    file === undefined ? '' : await readFile(path.join(where, file), 'utf8'),
  );
}

function describe(
  {
    name,
    version,
    license = 'licence unknown',
  }: Pick<BundledPackage, 'name' | 'version' | 'license'>,
  text: string,
): string {
  return `${'='.repeat(72)}\n${name} ${version} (${license})\n\n${text.trim()}\n`;
}
