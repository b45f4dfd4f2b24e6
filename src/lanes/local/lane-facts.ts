import { release } from 'node:os';
import type { AgentHello } from '../../agent/index.ts';
import type { Capability, LaneFingerprint } from '../../core/index.ts';
import type { Translation } from '../attempt/translation.ts';
import type { LocalEngine } from './engine/local-engine.ts';

/** What this lane can do on this machine. */
export function laneCapabilities(
  isolated: boolean,
  translation: Translation,
  qemuIsStatic: boolean,
): Capability[] {
  const images = isolated && qemuIsStatic;
  return [
    'binaries',
    'files',
    'tty',
    'kill-tree',
    ...(isolated ? (['isolated-files', 'isolated-network'] as const) : []),
    ...(images ? (['images'] as const) : []),
    ...(translation.kind === 'prefix' ? [] : (['child-processes'] as const)),
  ];
}

/** The part of a fingerprint that the agent knows. */
export function agentFacts(hello: AgentHello): LaneFingerprint {
  return {
    machine: hello.machine,
    kernel: hello.kernel === '' ? release() : hello.kernel,
    pageSize: String(hello.pageSize),
    hostCpu: hello.cpu,
  };
}

/** What runs the images of a lane of this machine: `podman 4.3.1`. */
export function engineFacts({ version }: LocalEngine): LaneFingerprint {
  return version === undefined ? {} : { containers: version };
}
