import { createExec } from '../../../process/index.ts';
import { fileIdentity, openMemo } from '../../../store/index.ts';
import type { LaneEngine } from '../../lane-spec.ts';
import type { EngineLane } from './local-engine.ts';

/**
 * What an engine says of itself: `podman 4.3.1`. A program that was asked before is not started again.
 * @param path - absolute, of the program that runs the containers
 */
export async function readEngineVersion(
  name: LaneEngine,
  path: string,
  { cacheDir, logger }: Pick<EngineLane, 'cacheDir' | 'logger'>,
): Promise<string> {
  const key = [name, path, fileIdentity(path)];
  const memo = openMemo<string>({ cacheDir, kind: 'engine-memo', key });
  const known = memo.recall();
  if (known !== undefined) return known;
  const exec = createExec(logger === undefined ? {} : { logger });
  const { stdout } = await exec(path, ['--version'], { timeoutMs: 20_000 });
  const number = /version v?([^\s,]+)/.exec(stdout)?.[1];
  if (number === undefined) return name;
  const version = `${name} ${number}`;
  await memo.remember(version);
  return version;
}
