const LIKELY = 0.75;

/** Whether a finding is sure enough to be shown as an error and not as a warning. */
export function isLikely(confidence: number): boolean {
  return confidence >= LIKELY;
}
