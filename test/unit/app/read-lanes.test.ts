import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLanes } from '../../../src/app/read-lanes.ts';

let directory = '';
const below = (): string => join(directory, 'a/b');
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'parity-lanes-'));
  mkdirSync(below(), { recursive: true });
  writeFileSync(
    join(directory, 'archparity.yaml'),
    [
      'lanes:',
      '  pi: ssh:pi@raspberry,platform=linux/arm64',
      '  farm: [ssh:a@h1, ssh:a@h2]',
      '  q10: emulated,qemu=/opt/q10',
      '  mixed: [ssh:a@h1, native]',
      '  wrong: ssh:-x',
      '',
    ].join('\n'),
  );
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('readLanes', () => {
  it('reads specs, and names of the project file of a parent directory', async () => {
    expect(await readLanes(['native', 'x=emulated', 'pi', 'q10', 'farm'], below())).toEqual([
      { id: 'native', kind: 'native', settings: {} },
      { id: 'x', kind: 'emulated', settings: {} },
      { id: 'pi', kind: 'ssh', settings: { host: 'pi@raspberry', platform: 'linux/arm64' } },
      { id: 'q10', kind: 'emulated', settings: { qemu: '/opt/q10' } },
      {
        id: 'farm',
        kind: 'ssh',
        settings: {},
        pool: [
          { id: 'farm.1', kind: 'ssh', settings: { host: 'a@h1' } },
          { id: 'farm.2', kind: 'ssh', settings: { host: 'a@h2' } },
        ],
      },
    ]);
  });

  it.each([
    [['pj'], 'LANE_UNKNOWN', /Did you mean "pi"/],
    [['pi', 'pi'], 'LANE_TWICE', /./],
    [['mixed'], 'POOL_NOT_SSH', /list of ssh lanes/],
    [['wrong'], 'SSH_TARGET_INVALID', /Write ssh:HOST/],
  ])('refuses %j', async (texts, code, advice) => {
    const error: unknown = await readLanes(texts, below()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, exitCode: 2 });
    const { advice: given, diagnostics } = error as {
      advice?: string;
      diagnostics: readonly { hint?: string; position: { line: number } }[];
    };
    expect(given ?? diagnostics[0]?.hint).toMatch(advice);
  });

  it('names the place of a mistake in the file', async () => {
    await expect(readLanes(['wrong'], directory)).rejects.toMatchObject({
      diagnostics: [{ position: { file: join(directory, 'archparity.yaml'), line: 6 } }],
    });
  });

  it('knows no names without a project file', async () => {
    await expect(readLanes(['pi'], tmpdir())).rejects.toMatchObject({ code: 'LANE_UNKNOWN' });
  });
});
