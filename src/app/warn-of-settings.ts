import type { LaneInfo, RunListener } from '../core/index.ts';
import { findDifferingSettings } from '../judge/index.ts';
import type { RecordSurvey } from '../record/index.ts';

/** Tells of lanes that are not what they were: half of a run on one emulator and half on another is to be known. */
export async function warnOfOtherSettings(
  { file, lanes: before }: RecordSurvey,
  lanes: readonly LaneInfo[],
  { listener, now }: { readonly listener: RunListener; readonly now: () => Date },
): Promise<void> {
  for (const info of lanes) {
    const was = before.find((lane) => lane.info.id === info.id)?.info;
    const [first] = was === undefined ? [] : findDifferingSettings(was, info);
    if (first === undefined) continue;
    await listener({
      type: 'warning',
      at: now().toISOString(),
      message: `the lane ${info.id} is not what it was in ${file}: ${first.words}`,
      advice: 'Run everything again if that matters.',
    });
  }
}
