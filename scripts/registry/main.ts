import { BASES, startRegistry, type Registry } from './start-registry.ts';

/** What the Dockerfiles of images/ call their bases. */
function describe(registry: Registry): string {
  return [
    `The bases are at ${registry.address} until this command is interrupted:`,
    ...BASES.map((name) => `  ${registry.reference(name)}`),
    'A Dockerfile of images/ takes them with',
    `  --build-arg REGISTRY=${registry.address}`,
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const ended = Promise.withResolvers<undefined>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => ended.resolve(undefined));
  const registry = await startRegistry();
  try {
    await Promise.race([registry.push(BASES), ended.promise]);
    console.log(describe(registry));
    await ended.promise;
  } finally {
    await registry.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(`serve-bases: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 3;
}
