import { build, type BuildOptions, type Plugin } from 'esbuild';
import { glob, rm } from 'node:fs/promises';
import path from 'node:path';
import { commonJsName, toCommonJs } from './common-js.ts';
import { directImports } from './direct-imports.ts';
import { lazyCrypto } from './lazy-crypto.ts';
import { lazyStringWidth } from './lazy-string-width.ts';
import { collectLicenses } from './licenses.ts';
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
): Promise<{ readonly files: ReadonlyMap<string, string>; readonly inputs: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    outdir: path.join(root, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    mainFields: ['module', 'main'],
    // Less to read at start-up; names and short lines stay, for stack traces that can be read.
    minifyWhitespace: true,
    lineLimit: 120,
    legalComments: 'none',
    external: ['vitest'],
    metafile: true,
    write: false,
    logLevel: 'silent',
    ...options,
  });
  return {
    files: new Map(outputFiles.map(({ path: file, text }) => [file, text])),
    inputs: Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs)),
  };
}

async function convertFiles(files: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const converted = new Map<string, string>();
  for (const [file, text] of files) converted.set(commonJsName(file), await toCommonJs(text));
  return converted;
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
    ...(await convertFiles(new Map([...cli.files, ...run.files]))),
    ...[...api.files].map(([file, text]) => [file, addRequire(text)] as const),
  ]);
  // Chunks first: an entry never names a chunk that is not there yet.
  const files = [...outputs].sort(([a], [b]) => Number(isEntry(a)) - Number(isEntry(b)));
  for (const [file, text] of files) {
    await writeAtomically(file, text, file.endsWith(`${cliEntry}.cjs`) ? 0o755 : 0o644);
  }
  const inputs = [cli, run, api].flatMap((bundled) => bundled.inputs);
  await writeAtomically(
    path.join(dist, 'LICENSES.txt'),
    await collectLicenses(root, [...new Set(inputs)]),
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
