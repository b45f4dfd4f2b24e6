import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { computeInputKey } from './input-key.ts';
import { runTool } from './run-tool.ts';

const OUT = 'build/images';
const EPOCH = Number(process.env['SOURCE_DATE_EPOCH'] ?? Date.UTC(2024, 0, 1) / 1000);

interface Options {
  readonly force: boolean;
  readonly mirror: string | undefined;
}

async function bringUpToDate(name: string, options: Options): Promise<string> {
  const directory = join('images', name);
  const target = join(OUT, name);
  const compiled = existsSync(join(directory, 'src'));
  if (compiled) await runTool('scripts/build-test-programs', []);
  const key = await computeInputKey(
    [directory, 'scripts/images', ...(compiled ? ['build/bin/key'] : [])],
    { epoch: String(EPOCH) },
  );
  const keyFile = `${target}.key`;
  const previous = await readFile(keyFile, 'utf8').catch(() => '');
  if (!options.force && previous === key && existsSync(target)) return 'is up to date';

  const started = performance.now();
  await rm(keyFile, { force: true });
  // Loaded only now: parsers of YAML, schemas and tar would be most of an up-to-date run.
  const { buildImage } = await import('./build-image.ts');
  const sizes = await buildImage({ directory, target, epoch: EPOCH, mirror: options.mirror });
  await writeFile(keyFile, key);
  return `made in ${((performance.now() - started) / 1000).toFixed(1)} s (${sizes})`;
}

/** As `definition.ts` has it; read without a parser, see above. */
function isOnlyByName(name: string): boolean {
  return /^onlyByName: true$/m.test(readFileSync(join('images', name, 'image.yaml'), 'utf8'));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { force: { type: 'boolean', default: false }, mirror: { type: 'string' } },
  });
  const all = (await readdir('images', { withFileTypes: true }))
    // Others are built from a Dockerfile.
    .filter((entry) => existsSync(join('images', entry.name, 'image.yaml')))
    .map((entry) => entry.name)
    .sort();
  const unknown = positionals.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`no image ${unknown}; there are ${all.join(', ')}`);
  await mkdir(OUT, { recursive: true });
  await writeFile('build/.gitignore', '*\n');
  const usual = all.filter((name) => !isOnlyByName(name));
  for (const name of positionals.length > 0 ? positionals : usual) {
    const outcome = await bringUpToDate(name, { force: values.force, mirror: values.mirror });
    console.log(`build-images: ${OUT}/${name} ${outcome}`);
  }
}

try {
  await main();
} catch (error) {
  console.error(`build-images: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 3;
}
