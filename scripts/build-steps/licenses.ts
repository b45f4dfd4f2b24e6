import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BundledPackage } from './bundled-packages.ts';

/** The licence texts of the packages that the bundle holds: they ask to go where their code goes. */
export async function collectLicenses(
  root: string,
  packages: readonly BundledPackage[],
): Promise<string> {
  const texts = await Promise.all(packages.map((bundled) => describePackage(root, bundled)));
  return `The programs in this directory contain these packages.\n\n${texts.join('\n')}`;
}

async function describePackage(
  root: string,
  { directory, name, version, license = 'licence unknown' }: BundledPackage,
): Promise<string> {
  const where = path.join(root, directory);
  const file = (await readdir(where)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file === undefined ? '' : await readFile(path.join(where, file), 'utf8');
  return `${'='.repeat(72)}\n${name} ${version} (${license})\n\n${text.trim()}\n`;
}
