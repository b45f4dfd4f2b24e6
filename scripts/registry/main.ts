import { BASES, startRegistry, type Registry } from './start-registry.ts';

/** How often a look is taken whether the parent is there: nothing tells a process of its end. */
const LOOK_MS = 200;

/** What the Dockerfiles of images/ call their bases. */
function describe(registry: Registry, names: readonly string[]): string {
  return [
    `The bases are at ${registry.address} until this command is interrupted:`,
    ...names.map((name) => `  ${registry.reference(name)}`),
    'A Dockerfile of images/ takes them with',
    `  --build-arg REGISTRY=${registry.address}`,
    '',
  ].join('\n');
}

/** Resolves at a signal to end, and at the end of whoever started us: nobody else knows of us then. */
function awaitEnd(): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => resolve(undefined));
  // scripts/serve-bases says who started it: that one may have ended while images were made.
  const parent = Number(process.env['SERVE_BASES_STARTER'] ?? process.ppid);
  const timer = setInterval(() => {
    if (process.ppid !== parent) resolve(undefined);
  }, LOOK_MS);
  return promise.finally(() => clearInterval(timer));
}

async function main(names: readonly string[]): Promise<void> {
  const ended = awaitEnd();
  const registry = await startRegistry();
  try {
    const pushed = registry.push(names).then(() => true);
    if (await Promise.race([pushed, ended])) {
      console.log(describe(registry, names));
      await ended;
    }
  } finally {
    await registry.close();
  }
}

try {
  const names = process.argv.slice(2);
  await main(names.length > 0 ? names : BASES);
  // A push that was interrupted is not waited for: it has no registry any more.
  process.exit(0);
} catch (error) {
  console.error(`serve-bases: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(3);
}
