import { build, type BuildOptions, type Plugin } from 'esbuild';
import { glob, rm } from 'node:fs/promises';
import path from 'node:path';
import { bundleOptions } from './bundle-options.ts';
import { findBundledPackages } from './bundled-packages.ts';
import { directImports } from './direct-imports.ts';
import { lazyCrypto } from './lazy-crypto.ts';
import { lazyStringWidth } from './lazy-string-width.ts';
import { collectLicenses } from './licenses.ts';
import { convertMerged, loadedBy, needsPackage, outputOf, type Bundled } from './merge-chunks.ts';
import { writeSbom } from './sbom.ts';
import { findStaticLibraries } from './static-libraries.ts';
import { readIfPresent, writeAtomically } from './write-output.ts';

/** `archparity run` is built apart: see src/cli/run-main.ts. */
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

const cliEntry = 'bin/archparity';

/** Bundles entry points; what is imported lazily becomes a chunk of its own. */
async function bundle(
  root: string,
  options: Pick<BuildOptions, 'entryPoints' | 'chunkNames' | 'plugins'>,
): Promise<Bundled & { readonly inputs: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    ...bundleOptions,
    absWorkingDir: root,
    outdir: path.join(root, 'dist'),
    splitting: true,
    metafile: true,
    ...options,
  });
  return {
    files: new Map(outputFiles.map(({ path: file, text }) => [file, text])),
    metafile,
    inputs: Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs)),
  };
}

/** `archparity run`: what it always loads is in its entry. */
async function convertRun(root: string, run: Bundled): ReturnType<typeof convertMerged> {
  const entry = outputOf('src/cli/run-main.ts', run.metafile);
  return convertMerged(root, entry, [...loadedBy(entry, run.metafile)], run);
}

/**
 * The other commands: what `archparity test` always loads of our own is one file. Most commands need most of it.
 * Packages are not in it, nor what needs them (a command that does without should not load them), nor what
 * `--version` and `--help` load.
 */
async function convertCli(root: string, cli: Bundled): ReturnType<typeof convertMerged> {
  const test = outputOf('src/cli/commands/test.ts', cli.metafile);
  const main = loadedBy(outputOf('src/cli/main.ts', cli.metafile), cli.metafile);
  const core = [...loadedBy(test, cli.metafile)].filter(
    (file) => !main.has(file) && !needsPackage(file, cli.metafile),
  );
  return convertMerged(root, 'dist/chunks/core.js', core, cli);
}

/**
 * Bundles src/cli/bin.ts (as CommonJS, which starts faster), src/index.ts and src/vitest/index.ts (as ES modules)
 * with their packages into dist/. Everything is bundled, because resolving and reading a hundred small files costs
 * more than half of a command's start-up.
 */
export async function bundleSources(root: string): Promise<void> {
  const dist = path.join(root, 'dist');
  for (const entry of ['src/cli/bin.ts', 'src/index.ts', 'src/vitest/index.ts']) {
    if ((await readIfPresent(path.join(root, entry))) === undefined) {
      throw new Error(`${entry} is missing`);
    }
  }
  const [cli, run, api] = await Promise.all([
    bundle(root, {
      entryPoints: [{ in: 'src/cli/bin.ts', out: cliEntry }],
      chunkNames: 'chunks/[name]-[hash]',
      plugins: [directImports, lazyStringWidth, lazyCrypto, runApart],
    }),
    bundle(root, {
      entryPoints: [{ in: 'src/cli/run-main.ts', out: 'bin/run' }],
      chunkNames: 'chunks/run-[name]-[hash]',
      plugins: [directImports, lazyStringWidth, lazyCrypto],
    }),
    bundle(root, {
      entryPoints: [
        { in: 'src/index.ts', out: 'index' },
        { in: 'src/vitest/index.ts', out: 'vitest' },
      ],
      chunkNames: 'chunks/[name]-[hash]',
      plugins: [directImports],
    }),
  ]);
  const outputs = new Map([
    ...(await convertCli(root, cli)),
    ...(await convertRun(root, run)),
    ...[...api.files].map(([file, text]) => [file, addRequire(text)] as const),
  ]);
  // Chunks first: an entry never names a chunk that is not there yet.
  const files = [...outputs].sort(([a], [b]) => Number(isEntry(a)) - Number(isEntry(b)));
  for (const [file, text] of files) {
    await writeAtomically(file, text, file.endsWith(`${cliEntry}.cjs`) ? 0o755 : 0o644);
  }
  const inputs = [cli, run, api].flatMap((bundled) => bundled.inputs);
  const packages = await findBundledPackages(root, inputs);
  const libraries = await findStaticLibraries();
  const licenses = await collectLicenses(root, packages, libraries);
  await writeAtomically(path.join(dist, 'LICENSES.txt'), licenses);
  await writeAtomically(
    path.join(dist, 'sbom.cdx.json'),
    await writeSbom(root, packages, libraries),
  );
  for await (const file of glob(['chunks/*', 'bin/*'], { cwd: dist })) {
    if (!outputs.has(path.join(dist, file))) await rm(path.join(dist, file), { force: true });
  }
}

function addRequire(text: string): string {
  return text.includes(requireStandIn) ? requireBanner + text : text;
}

function isEntry(file: string): boolean {
  return path.basename(path.dirname(file)) !== 'chunks';
}
