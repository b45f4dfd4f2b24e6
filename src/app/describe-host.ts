import { release } from 'node:os';
import type { RunEvent } from '../core/index.ts';

/** This machine, as the record of a run names it. */
export function describeHost(): Extract<RunEvent, { type: 'run-started' }>['host'] {
  return {
    os: process.platform,
    arch: process.arch,
    kernel: release(),
    node: process.versions.node,
  };
}
