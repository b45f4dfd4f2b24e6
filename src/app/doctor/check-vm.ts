import { administerMachines, parseLaneSpec } from '../../lanes/index.ts';
import { createExec } from '../../process/index.ts';
import { adviceOf, installFix, passed, reasonOf, warned, type Check } from './check.ts';
import type { OptionalContext } from './context.ts';

const SUBJECT = { id: 'vm', title: 'microVM' };
const EFFECT = 'no vm lane, and nothing that tells whether a difference is yours or QEMU’s';
const START_MS = 20_000;

/**
 * Starts a machine with nothing in it, and ends it.
 * @param machine - what the lanes' machines are, as QEMU's options
 * @throws Error with what QEMU said
 */
async function startEmptyMachine(
  path: string,
  machine: readonly string[],
  { logger }: OptionalContext,
): Promise<void> {
  const words = [...machine, '-m', '64', '-nodefaults', '-display', 'none', '-S'];
  const input = '{"execute":"qmp_capabilities"}\n{"execute":"quit"}\n';
  const exec = createExec(logger === undefined ? {} : { logger });
  const { exitCode, stderr } = await exec(path, [...words, '-qmp', 'stdio'], {
    input,
    timeoutMs: START_MS,
  });
  if (exitCode === 0) return;
  throw new Error(stderr.trim().split('\n').at(-1) ?? 'it did not start');
}

/** Which kernels a machine can be started with now, without fetching anything. */
async function describeAssets(cacheDir: string): Promise<string> {
  const { hasAssets } = await administerMachines();
  const pages = ['4k', '16k'] as const;
  const has = await Promise.all(pages.map((size) => hasAssets(cacheDir, size)));
  const [here, absent] = [true, false].map((wanted) =>
    pages.filter((_, index) => has[index] === wanted),
  );
  const words = [
    ...(here === undefined || here.length === 0 ? [] : [`kernels here: ${here.join(', ')}`]),
    ...(absent === undefined || absent.length === 0
      ? []
      : [`not fetched yet: ${absent.join(', ')} (archparity vm build)`]),
  ];
  return words.join('; ');
}

/** Finds the QEMU of microVMs, starts a machine without a kernel, and looks for kernels in the cache. */
export async function checkVm(context: OptionalContext): Promise<Check> {
  const { cacheDir, logger } = context;
  try {
    const { findMachineQemu, machineArguments } = await administerMachines();
    const qemu = await findMachineQemu(parseLaneSpec('vm'), {
      cacheDir,
      ...(logger === undefined ? {} : { logger }),
    });
    const { path, version, cpu, accelerator } = qemu;
    await startEmptyMachine(path, machineArguments(qemu), context);
    const assets = await describeAssets(cacheDir);
    return passed(SUBJECT, `QEMU ${version} (${path}), ${accelerator}, CPU ${cpu}; ${assets}`);
  } catch (error) {
    const isMissing = adviceOf(error)?.command !== undefined;
    const fix = isMissing ? await installFix('qemu-system-aarch64') : adviceOf(error);
    return warned(SUBJECT, { found: reasonOf(error), effect: EFFECT, fix });
  }
}
