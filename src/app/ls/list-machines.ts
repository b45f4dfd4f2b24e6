import type { Platform } from '../../core/index.ts';
import { administerMachines } from '../../lanes/index.ts';
import { ensureCacheRoot } from '../../store/index.ts';
import { listVms } from '../vm.ts';

/** A microVM: one that runs for people, or what one can be started from. */
export interface ListedMachine {
  /** As `--lane` takes it. */
  readonly lane: string;
  readonly state: 'running' | 'built' | 'not built';
  readonly platform: Platform;
  /** `4k` or `16k`. */
  readonly pages: string;
  /** Of a running one: QEMU's CPU model, process and memory. */
  readonly cpu?: string;
  readonly pid?: number;
  readonly memoryMb?: number;
  readonly startedAt?: string;
}

/** Every machine is one of arm64: that is what a vm lane is for. */
const GUEST: Platform = 'linux/arm64';
const KERNELS = [
  { lane: 'vm', pages: '4k' },
  { lane: 'vm,pages=16k', pages: '16k' },
] as const;

/** The microVMs that run, then the kernels that one can be started with. */
export async function listMachines(): Promise<readonly ListedMachine[]> {
  const { hasAssets } = await administerMachines();
  const cacheDir = ensureCacheRoot();
  const running = (await listVms()).map(
    ({ lane, pages, cpu, pid, memoryMb, startedAt }): ListedMachine => ({
      lane,
      state: 'running',
      platform: GUEST,
      pages,
      cpu,
      pid,
      memoryMb,
      startedAt,
    }),
  );
  const kernels = await Promise.all(
    KERNELS.map(async ({ lane, pages }): Promise<ListedMachine> => {
      const state = (await hasAssets(cacheDir, pages)) ? 'built' : 'not built';
      return { lane, state, platform: GUEST, pages };
    }),
  );
  return [...running, ...kernels];
}
