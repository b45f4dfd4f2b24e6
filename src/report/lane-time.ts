import type { Observation } from '../core/index.ts';
import { formatDuration } from './format-duration.ts';

/** How long an attempt ran, and its containers took to be ready: `4.0 s (ready 1.2 s, db 0.8 s)`. */
export function formatLaneTime({ service, wallMs }: Observation): string {
  const ready = [
    ...(service?.readyMs === undefined ? [] : [`ready ${formatDuration(service.readyMs)}`]),
    ...(service?.companions ?? []).flatMap(({ name, readyMs }) =>
      readyMs === undefined ? [] : [`${name} ${formatDuration(readyMs)}`],
    ),
  ];
  return ready.length === 0
    ? formatDuration(wallMs)
    : `${formatDuration(wallMs)} (${ready.join(', ')})`;
}
