import type { LaneInfo, OpenedImage, RunEvent } from '../core/index.ts';

export type RunStarted = Extract<RunEvent, { type: 'run-started' }>;
export type LaneFailed = Extract<RunEvent, { type: 'lane-failed' }>;
export type RunFinished = Extract<RunEvent, { type: 'run-finished' }>;

/** What a reporter remembers of a run besides its cases. */
export class RunContext {
  start: RunStarted | undefined;
  end: RunFinished | undefined;
  readonly lanes = new Map<string, LaneInfo>();
  readonly failedLanes: LaneFailed[] = [];
  readonly images: OpenedImage[] = [];

  observe(event: RunEvent): void {
    if (event.type === 'run-started') this.start = event;
    if (event.type === 'run-finished') this.end = event;
    if (event.type === 'lane-opened') this.lanes.set(event.lane.id, event.lane);
    if (event.type === 'image-opened') this.images.push(event.image);
    if (event.type === 'lane-failed') this.failedLanes.push(event);
  }

  get strict(): boolean {
    return this.start?.strict ?? false;
  }

  /** The file of a suite: a path, or a name in angle brackets. */
  suiteFile(name: string): string | undefined {
    return this.start?.suites.find((suite) => suite.name === name)?.file;
  }
}
