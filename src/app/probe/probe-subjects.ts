import { dirname } from 'node:path';
import { ArchParityError, usageError, type Platform, type Subject } from '../../core/index.ts';
import type { Lane } from '../../lanes/index.ts';
import { findShippedProgram } from '../../process/index.ts';

/** A lane with the probe program as what it can run there. */
export interface PreparedLane {
  readonly lane: Lane;
  readonly binary: Subject;
  /** The same program as a root file system; absent where the lane runs no images. */
  readonly image?: Subject;
}

/** @throws ArchParityError `PROBE_PLATFORM` (exit 2), `PROBE_MISSING` (exit 3) */
function probeProgram(platform: Platform): string {
  if (platform !== 'linux/amd64' && platform !== 'linux/arm64')
    throw usageError(
      'PROBE_PLATFORM',
      `There is no probe program for ${platform}.`,
      'Probe lanes of linux/amd64 and linux/arm64.',
    );
  const path = findShippedProgram({ name: 'probe', platform, within: 'bin' });
  if (path !== undefined) return path;
  throw new ArchParityError({
    code: 'PROBE_MISSING',
    message: `There is no probe program for ${platform} in this installation.`,
    advice:
      'In a checkout run ./scripts/setup, which builds it; otherwise install the package again.',
  });
}

/**
 * Prepares the probe program for a lane.
 * @throws ArchParityError `PROBE_PLATFORM` (exit 2), `PROBE_MISSING` (exit 3), as the lane's `prepare`
 */
export async function prepareSubjects(lane: Lane): Promise<PreparedLane> {
  const { platform, capabilities } = lane.info;
  const program = probeProgram(platform);
  const binary: Subject = { kind: 'binary', paths: { [platform]: program } };
  await lane.prepare(binary);
  if (!capabilities.includes('images')) return { lane, binary };
  const image: Subject = { kind: 'image', reference: `dir:${dirname(dirname(program))}` };
  try {
    await lane.prepare(image);
  } catch (error) {
    // crun or another tool of images is missing here: the probes that want a container are not tried.
    if (error instanceof ArchParityError) return { lane, binary };
    throw error;
  }
  return { lane, binary, image };
}
