import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** The licence texts of the packages that the bundle holds: they ask to go where their code goes. */
export async function collectLicenses(root: string, inputs: readonly string[]): Promise<string> {
  // `NAMESPACE:PATH` is text that a plugin made, not a file.
  const packages = new Set(
    inputs.flatMap(
      (input) => /^(?:[^:]*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
    ),
  );
  const texts = await Promise.all(
    [...packages].sort().map((directory) => describePackage(path.join(root, directory))),
  );
  return `The programs in this directory contain these packages.\n\n${texts.join('\n')}`;
}

async function describePackage(directory: string): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const file = (await readdir(directory)).find((name) => /^(licen[cs]e|copying)/i.test(name));
  const text = file === undefined ? '' : await readFile(path.join(directory, file), 'utf8');
  const heading = `${manifest.name} ${manifest.version} (${manifest.license ?? 'licence unknown'})`;
  return `${'='.repeat(72)}\n${heading}\n\n${text.trim()}\n`;
}
