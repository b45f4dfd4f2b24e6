/**
 * Builds dist/, all of it or the steps that are named:
 *
 * - js      dist/bin/archparity.cjs and dist/index.js, bundled, with lazily loaded chunks; what is in them:
 *           dist/LICENSES.txt and dist/sbom.cdx.json
 * - types   dist/types, the declarations of src/index.ts
 * - agent   dist/agent/linux-{amd64,arm64}/archparity-agent, static
 * - probe   dist/probe/linux-{amd64,arm64}/bin/archparity-probe, static
 * - plugin  dist/plugin/linux-{amd64,arm64}/archparity-plugin, for QEMU
 * - schema  dist/*.schema.json
 * - man     dist/archparity.1, the man page
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildAgents } from './build-steps/agent.ts';
import { bundleSources } from './build-steps/bundle.ts';
import { writeManPage } from './build-steps/man-page.ts';
import { buildPlugins } from './build-steps/plugin.ts';
import { buildProbes } from './build-steps/probe.ts';
import { copySchemas } from './build-steps/schema.ts';
import { hashSources } from './build-steps/source-hash.ts';
import { emitTypes } from './build-steps/types.ts';
import { readIfPresent, writeAtomically } from './build-steps/write-output.ts';

const root = path.join(import.meta.dirname, '..');
const steps: ReadonlyMap<string, (root: string) => Promise<void>> = new Map([
  ['js', bundleSources],
  ['types', emitTypes],
  ['agent', buildAgents],
  ['probe', buildProbes],
  ['plugin', buildPlugins],
  ['schema', copySchemas],
  ['man', writeManPage],
]);

const usage = `Usage: scripts/build [--if-changed] [${[...steps.keys()].join('] [')}]

Builds dist/, or only the steps that are named.

  --if-changed  do nothing when dist/ was built from these very sources
  --help        print this

Examples:
  scripts/build
  scripts/build js
`;

async function buildSteps(names: readonly string[]): Promise<boolean> {
  const outcomes = await Promise.all(
    names.map(async (name) => {
      const started = performance.now();
      try {
        await steps.get(name)?.(root);
        console.log(`build: ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
        return true;
      } catch (error) {
        console.error(`build: ${name}: ${error instanceof Error ? error.message : String(error)}`);
        return false;
      }
    }),
  );
  return outcomes.every(Boolean);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean' }, 'if-changed': { type: 'boolean' } },
});
const unknown = positionals.find((name) => !steps.has(name));

if (values.help === true) {
  process.stdout.write(usage);
} else if (unknown !== undefined) {
  console.error(`build: there is no step "${unknown}"\n\n${usage}`);
  process.exitCode = 2;
} else {
  const stamp = path.join(root, 'dist/.source-hash');
  const hash = await hashSources(root);
  if (values['if-changed'] === true && (await readIfPresent(stamp)) === hash) {
    console.log('build: dist/ is up to date');
  } else {
    const whole = positionals.length === 0;
    const built = await buildSteps(whole ? [...steps.keys()] : positionals);
    if (!built) process.exitCode = 1;
    // Sources that changed meanwhile give another hash next time, so the old one is the right one.
    else if (whole) await writeAtomically(stamp, hash);
  }
}
