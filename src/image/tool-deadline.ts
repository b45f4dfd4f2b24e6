import { ArchParityError } from '../core/index.ts';

/** Half an hour: images of many gigabytes take minutes, and what hangs shall not hang a nightly run. */
export const IMAGE_TOOL_DEADLINE_MS = 30 * 60 * 1000;

/** The error of a tool that did not finish with an image in time, and was ended. */
export function imageToolTimedOut(
  tool: string,
  image: string,
  deadlineMs: number,
): ArchParityError {
  return new ArchParityError({
    code: 'IMAGE_TOOL_TIMED_OUT',
    message: `${tool} did not finish with ${image} within ${formatMinutes(deadlineMs)}, and was ended.`,
    advice:
      'See whether the disk is slow or full and whether the image is whole, and run it again.',
  });
}

function formatMinutes(ms: number): string {
  return ms < 60_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} minutes`;
}
