import { laneShield, type BinaryRun } from '../attempt/binary-spawn.ts';
import { isInside, type LocalSubject } from '../attempt/subject.ts';
import { RUN_DIRECTORY } from '../environment.ts';
import { coveredPaths } from './covered-paths.ts';
import type { LocalLaneParts } from './lane-parts.ts';
import { follow } from './sysroot-links.ts';

/** What a lane has done for all of its binaries, so that no case has to. */
export interface LaneCover extends Pick<BinaryRun, 'hidesRun' | 'isShielded'> {
  /** Paths of the lane itself that a binary needs, wherever they lie. */
  readonly needed: readonly string[];
}

/**
 * Hides /run, with the sockets of this machine's services, and this machine's devices from the binaries of the
 * lane: once for all of them where nothing in there is needed by the lane itself, else each case does.
 */
export async function coverLane(
  { cacheDir, libraries, opened, sysroot, translation }: LocalLaneParts,
  subjects: readonly Promise<LocalSubject>[],
): Promise<LaneCover> {
  const own = [
    ...(translation.kind === 'prefix' ? [translation.qemu] : []),
    ...(sysroot === undefined ? [] : [sysroot]),
    ...(libraries === undefined ? [] : [libraries]),
  ];
  const needed = [...own, ...coveredPaths(own)];
  if (opened.maps === undefined) return { needed };
  const settled = await Promise.allSettled(subjects);
  const covered = coveredPaths([
    ...[cacheDir, ...own],
    ...(translation.kind === 'none' ? [] : [translation.qemu]),
    ...settled.flatMap((opening) =>
      opening.status === 'rejected'
        ? []
        : [opening.value.kind === 'image' ? opening.value.root : opening.value.path],
    ),
  ]);
  // Another layout than the usual one: whatever lies there is not covered by a guess.
  const isUsual = follow(RUN_DIRECTORY) === RUN_DIRECTORY;
  const hidesRun = covered.some((path) => isInside(path, RUN_DIRECTORY)) ? 'case' : 'lane';
  // Where instructions are counted, each case has a file of its own in its /dev.
  const isShielded = libraries === undefined && !covered.some((path) => isInside(path, '/dev'));
  await opened.agent.client.mount([
    ...(isShielded ? laneShield() : []),
    ...(isUsual && hidesRun === 'lane' ? [{ kind: 'mask', target: RUN_DIRECTORY } as const] : []),
  ]);
  return { needed, isShielded, ...(isUsual ? { hidesRun } : {}) };
}
