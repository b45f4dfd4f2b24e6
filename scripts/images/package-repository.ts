import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type PackageFile } from '../../src/store/index.ts';
import { type Layer } from './layer.ts';
import { runTool } from './run-tool.ts';

/** Where apt in the image finds the packages: `deb [trusted=yes] file:/srv/packages ./`. */
const DIRECTORY = 'srv/packages';

/** Puts packages into the image, with an index for apt (Debian's "flat" repository format). */
export async function addRepository(layer: Layer, packages: readonly PackageFile[]): Promise<void> {
  const owner = { mode: 0o644, uid: 0, gid: 0 };
  const index: string[] = [];
  for (const { path } of packages) {
    const content = await readFile(path);
    // apt escapes the colon of a version; in the index it would be escaped once more.
    const name = basename(path).replaceAll('%3a', '.');
    layer.set(`${DIRECTORY}/${name}`, { type: 'file', content, ...owner });
    const control = (await runTool('dpkg-deb', ['--field', path])).toString('utf8').trim();
    const digest = createHash('sha256').update(content).digest('hex');
    index.push(`${control}\nFilename: ./${name}\nSize: ${content.length}\nSHA256: ${digest}\n`);
  }
  const content = Buffer.from(index.join('\n'));
  layer.set(`${DIRECTORY}/Packages`, { type: 'file', content, ...owner });
}
