import { isAbsolute, resolve } from 'node:path';
import { usageError, type LaneSpec } from '../../core/index.ts';
import type { OtherRuntime } from '../attempt/runtime-command.ts';
import { parseSshTarget, type SshTarget } from './ssh-target.ts';

/** What runs images on a host. */
export type RuntimeName = 'crun' | OtherRuntime | 'docker';
/** In the order in which they are taken. */
export const RUNTIMES: readonly RuntimeName[] = ['crun', 'runc', 'podman', 'docker'];

/** An ssh lane's settings, read. */
export interface SshSettings {
  readonly target: SshTarget;
  /** Absolute path of an ssh configuration that is used alone. */
  readonly config?: string;
  readonly connectTimeoutMs: number;
  /** Between two signs of life; three without an answer end the connection. */
  readonly keepAliveMs: number;
  /** Absolute path on the host. */
  readonly stateDirectory?: string;
  readonly engine: RuntimeName | 'auto';
  readonly cpu: 'hardware' | 'tcg';
  readonly isolation: 'auto' | 'none';
}

function readSeconds(spec: LaneSpec, key: string, otherwise: number): number {
  const written = spec.settings[key];
  if (written === undefined) return otherwise * 1000;
  const seconds = /^\d{1,4}s?$/.test(written) ? Number.parseInt(written, 10) : 0;
  if (seconds >= 1) return seconds * 1000;
  throw usageError(
    'LANE_SETTING_INVALID',
    `The lane "${spec.id}" sets ${key} to "${written}".`,
    'Write whole seconds, at least 1.',
  );
}

/**
 * Reads the settings of an ssh lane whose words are known to be allowed.
 * @throws ArchParityError `SSH_TARGET_INVALID`, `LANE_SETTING_INVALID` (exit 2)
 */
export function readSshSettings(spec: LaneSpec): SshSettings {
  const { settings } = spec;
  const state = settings['state'];
  if (state !== undefined && (!isAbsolute(state) || /[\n\0]/.test(state))) {
    throw usageError(
      'LANE_SETTING_INVALID',
      `The lane "${spec.id}" sets state to "${state}".`,
      'Write an absolute path on the host.',
    );
  }
  const engine = settings['engine'];
  return {
    target: parseSshTarget(settings['host'] ?? ''),
    connectTimeoutMs: readSeconds(spec, 'connect-timeout', 15),
    keepAliveMs: readSeconds(spec, 'keep-alive', 10),
    engine: RUNTIMES.find((name) => name === engine) ?? 'auto',
    cpu: settings['emulated-cpu'] === 'yes' ? 'tcg' : 'hardware',
    isolation: settings['isolation'] === 'none' ? 'none' : 'auto',
    ...(settings['config'] === undefined ? {} : { config: resolve(settings['config']) }),
    ...(state === undefined ? {} : { stateDirectory: state }),
  };
}
