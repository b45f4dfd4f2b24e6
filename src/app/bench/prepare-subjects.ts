import type { BenchDefinition, OpenedImage } from '../../core/index.ts';
import { describeOpened } from '../opened-images.ts';
import type { BenchLanes } from './bench-lanes.ts';

/**
 * Prepares subjects before anything is measured, so that unpacking disturbs nothing.
 * @returns the images among them
 */
export async function prepareSubjects(
  lanes: BenchLanes['lanes'],
  benchmarks: readonly BenchDefinition[],
): Promise<OpenedImage[]> {
  const images = new Map<string, OpenedImage>();
  for (const { timer, counter } of lanes) {
    for (const lane of [timer, counter]) {
      for (const { definition } of benchmarks) {
        const isImage = definition.subject.kind === 'image';
        if (lane === undefined || (isImage && !lane.info.capabilities.includes('images'))) continue;
        await lane.prepare(definition.subject);
        // The lane that counts has the same.
        for (const image of await describeOpened(lane, definition.subject))
          images.set(JSON.stringify([image.laneId, image.reference]), image);
      }
    }
  }
  return [...images.values()];
}
