import { build, type Metafile } from 'esbuild';
import { glob, rm } from 'node:fs/promises';
import path from 'node:path';
import { lazyStringWidth } from './lazy-string-width.ts';
import { collectLicenses } from './licenses.ts';
import { readIfPresent, writeAtomically } from './write-output.ts';

const cliFile = 'bin/archparity.js';

/**
 * A CommonJS package asks for Node's own modules with `require`, which an ES module does not have.
 * esbuild puts the stand-in for it into one chunk; only that chunk pays for making a real one.
 */
const requireStandIn = 'Dynamic require of "';
const requireBanner =
  'import { createRequire as makeRequire } from "node:module";\nconst require = makeRequire(import.meta.url);\n';

/**
 * Bundles src/cli/bin.ts and src/index.ts with their packages into dist/. Everything is bundled,
 * because resolving and reading a hundred small files costs more than half of a command's start-up;
 * what is imported lazily becomes a chunk of its own.
 */
export async function bundleSources(root: string): Promise<void> {
  const dist = path.join(root, 'dist');
  for (const entry of ['src/cli/bin.ts', 'src/index.ts']) {
    if ((await readIfPresent(path.join(root, entry))) === undefined) {
      throw new Error(`${entry} is missing`);
    }
  }
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'src/cli/bin.ts', out: cliFile.replace(/\.js$/, '') },
      { in: 'src/index.ts', out: 'index' },
    ],
    outdir: dist,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    mainFields: ['module', 'main'],
    // Less to read at start-up; names and short lines stay, for stack traces that can be read.
    minifyWhitespace: true,
    lineLimit: 120,
    plugins: [lazyStringWidth],
    legalComments: 'none',
    external: ['vitest'],
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const outputs = new Map(outputFiles.map(({ path: file, text }) => [file, addRequire(text)]));
  // Chunks first: an entry never names a chunk that is not there yet.
  const files = [...outputs].sort(([a], [b]) => Number(isEntry(a)) - Number(isEntry(b)));
  for (const [file, text] of files) {
    await writeAtomically(file, text, file.endsWith(cliFile) ? 0o755 : 0o644);
  }
  await writeAtomically(
    path.join(dist, 'LICENSES.txt'),
    await collectLicenses(root, inputs(metafile)),
  );
  for await (const chunk of glob('chunks/*', { cwd: dist })) {
    if (!outputs.has(path.join(dist, chunk))) await rm(path.join(dist, chunk), { force: true });
  }
}

function addRequire(text: string): string {
  return text.includes(requireStandIn) ? requireBanner + text : text;
}

function isEntry(file: string): boolean {
  return path.basename(path.dirname(file)) !== 'chunks';
}

function inputs(metafile: Metafile): string[] {
  return Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
}
