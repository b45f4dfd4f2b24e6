import type { CaseDefinition } from '../../core/index.ts';
import type { Lane } from '../../lanes/index.ts';
import { hashFile } from '../../store/index.ts';
import type { RecordedCase } from '../recorded/recorded-case.ts';

/**
 * What is no longer as it was when the record was made: the program by its content, the image by its digest.
 * Nothing where the record does not say what it was.
 */
export async function describeChangedSubject(
  { subject }: CaseDefinition,
  recorded: RecordedCase,
  { lane, cacheDir }: { readonly lane: Lane; readonly cacheDir: string },
): Promise<string[]> {
  const { platform } = lane.info;
  if (subject.kind === 'binary') {
    const path = subject.paths[platform];
    const then = recorded.binaries.find((binary) => binary.path === path);
    if (path === undefined || then === undefined) return [];
    const now = await hashFile(path, { cacheDir });
    if (now === then.sha256) return [];
    return [
      `${path} is another program than the recorded one (sha256 ${short(now)}, then ${short(then.sha256)})`,
    ];
  }
  const { reference } = subject;
  const lanes = recorded.lanes.filter(({ info }) => info.platform === platform);
  const then = recorded.images.find(
    (image) => image.reference === reference && lanes.some(({ info }) => info.id === image.laneId),
  )?.digest;
  if (then === undefined) return [];
  const { digest } = await lane.imageRoot(reference);
  if (digest === then) return [];
  return [
    `${reference} is another image than the recorded one (${digest === undefined ? 'a directory now' : short(digest)}, then ${short(then)})`,
  ];
}

function short(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}
