import type { OpenedImage, RunListener, Subject } from '../core/index.ts';
import type { Lane } from '../lanes/index.ts';

/** What a lane has ready of a subject that is an image; nothing of a binary. */
export async function describeOpened(lane: Lane, subject: Subject): Promise<OpenedImage[]> {
  if (subject.kind !== 'image') return [];
  const { digest, origin } = await lane.imageRoot(subject.reference);
  return [
    {
      laneId: lane.info.id,
      reference: subject.reference,
      ...(digest === undefined ? {} : { digest }),
      ...(origin === undefined ? {} : { origin }),
    },
  ];
}

/** Tells the listener which images there are. */
export async function announceImages(
  images: readonly OpenedImage[],
  listener: RunListener,
  now: () => Date,
): Promise<void> {
  for (const image of images)
    await listener({ type: 'image-opened', at: now().toISOString(), image });
}
