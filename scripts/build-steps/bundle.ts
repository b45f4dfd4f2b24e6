import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { glob, rm } from 'node:fs/promises';
import path from 'node:path';
import { directImports } from './direct-imports.ts';
import { lazyStringWidth } from './lazy-string-width.ts';
import { collectLicenses } from './licenses.ts';
import { readIfPresent, writeAtomically } from './write-output.ts';

const cliFile = 'bin/archparity.js';
/** `archparity run`, built apart: see src/cli/run-main.ts. */
const runFile = 'bin/run.js';

const runApart: Plugin = {
  name: 'run-apart',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^\.\/run-main\.ts$/ }, () => ({
      path: './run.js',
      external: true,
    }));
  },
};

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
  const common: BuildOptions & { readonly metafile: true; readonly write: false } = {
    absWorkingDir: root,
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    mainFields: ['module', 'main'],
    // Less to read at start-up; names and short lines stay, for stack traces that can be read.
    minifyWhitespace: true,
    lineLimit: 120,
    plugins: [directImports, lazyStringWidth, runApart],
    legalComments: 'none',
    external: ['vitest'],
    metafile: true,
    write: false,
    logLevel: 'silent',
  };
  const builds = await Promise.all([
    build({
      ...common,
      entryPoints: [
        { in: 'src/cli/bin.ts', out: cliFile.replace(/\.js$/, '') },
        { in: 'src/index.ts', out: 'index' },
      ],
      chunkNames: 'chunks/[name]-[hash]',
    }),
    build({
      ...common,
      entryPoints: [{ in: 'src/cli/run-main.ts', out: runFile.replace(/\.js$/, '') }],
      chunkNames: 'chunks/run-[name]-[hash]',
    }),
  ]);
  const outputFiles = builds.flatMap((built) => built.outputFiles);
  const inputFiles = builds.flatMap(({ metafile }) => inputs(metafile));
  const outputs = new Map(outputFiles.map(({ path: file, text }) => [file, addRequire(text)]));
  // Chunks first: an entry never names a chunk that is not there yet.
  const files = [...outputs].sort(([a], [b]) => Number(isEntry(a)) - Number(isEntry(b)));
  for (const [file, text] of files) {
    await writeAtomically(file, text, file.endsWith(cliFile) ? 0o755 : 0o644);
  }
  await writeAtomically(
    path.join(dist, 'LICENSES.txt'),
    await collectLicenses(root, [...new Set(inputFiles)]),
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
