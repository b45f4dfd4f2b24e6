import type { CaseDefinition, LaneInfo, Readiness, Timeout } from '../../core/index.ts';
import { timeoutFor } from '../../plan/index.ts';

/** How long the parts of a case with containers may take on a lane, in milliseconds. */
export interface ServiceLimits {
  /** For the whole case. */
  readonly totalMs: number;
  /** For each request, and for a command of the case's own. */
  readonly requestMs: number;
  readonly stopMs: number;
  /** For requests that are made again, all together. */
  readonly settleMs: number;
  readonly readyMs: (readiness: Readiness) => number;
  /** How many times slower than native the lane computes: what counts as silence grows with it. */
  readonly factor: number;
}

/**
 * The limits of a case on a lane. A timeout that somebody wrote is for the whole case; else each part has its own,
 * and the whole is what they make together.
 * @param deadlineMs - what one command may take there
 */
export function limitService(
  { service, timeout, with: companions = [] }: CaseDefinition,
  lane: LaneInfo,
  {
    deadlineMs,
    emulationFactor,
    isOverridden,
  }: {
    readonly deadlineMs: number;
    readonly emulationFactor: number;
    readonly isOverridden: boolean;
  },
): ServiceLimits {
  const limitOf = (limit: Timeout): number => timeoutFor({ timeout: limit }, lane, emulationFactor);
  const readyMs = ({ within }: Readiness): number => limitOf(within);
  const stopMs = service === undefined ? 0 : limitOf(service.stop.within);
  const settleMs = service?.settle === undefined ? 0 : limitOf(service.settle);
  const parts = [
    ...companions.map(({ ready }) => readyMs(ready)),
    ...(service === undefined
      ? [deadlineMs]
      : [readyMs(service.ready), deadlineMs * service.requests.length, settleMs, stopMs]),
  ];
  const sum = parts.reduce((total, part) => total + part, 0);
  const isLiteral = isOverridden || timeout.kind === 'literal';
  return {
    totalMs: isLiteral ? deadlineMs : sum,
    requestMs: deadlineMs,
    stopMs,
    settleMs,
    readyMs,
    factor: emulationFactor > 1 ? emulationFactor : 1,
  };
}
