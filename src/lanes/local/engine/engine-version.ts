import { createExec } from '../../../process/index.ts';
import { fileIdentity, openMemo, withTempDir } from '../../../store/index.ts';
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
  // podman makes its directories for that, too.
  const { stdout } = await withTempDir((directory) =>
    exec(path, ['--version'], {
      env: { TMPDIR: directory, XDG_RUNTIME_DIR: directory },
      timeoutMs: 20_000,
    }),
  );
  const number = /version v?([^\s,]+)/.exec(stdout)?.[1];
  if (number === undefined) return name;
  const version = `${name} ${number}`;
  await memo.remember(version);
  return version;
}
