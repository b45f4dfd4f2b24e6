import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { chooseCase } from '../../../../src/app/bisect/choose-case.ts';
import { useTempDirectory } from '../../record/record-files.ts';

const place = useTempDirectory();
const file = place('suite.yaml');
beforeAll(() => {
  const names = ['starts again', 'starts', 'stops'];
  const cases = names.map((name) => `  - {name: ${name}, run: [a]}`);
  const head = ['version: 1', 'name: app', 'subject: {image: "oci:app:x"}', 'cases:'];
  writeFileSync(file, `${[...head, ...cases].join('\n')}\n`);
});

const choose = (...words: readonly string[]) =>
  chooseCase({
    words,
    args: [],
    foreign: 'linux/arm64',
    record: 'last',
    cacheDir: place('cache'),
    cwd: place('.'),
    say: () => undefined,
  });

describe('chooseCase', () => {
  it('takes a case by its id, its name, or a part of its id', async () => {
    for (const [word, id] of [
      ['app/starts', 'app/starts'],
      ['starts', 'app/starts'],
      ['again', 'app/starts again'],
    ] as const)
      expect((await choose(file, word)).definition.id).toBe(id);
  });

  it('refuses what names several, or none', async () => {
    await expect(choose(file, 'start')).rejects.toMatchObject({
      code: 'CASE_AMBIGUOUS',
      message: `"start" may be 2 cases of ${file}: "app/starts again", "app/starts".`,
    });
    await expect(choose(file, 'stop it')).rejects.toMatchObject({
      code: 'CASE_NOT_FOUND',
      message: `There is no case "stop it" in ${file}.`,
    });
  });

  it('looks for a record only for what is no reference', async () => {
    await expect(choose('./nowhere')).rejects.toMatchObject({ code: 'ELF_NOT_FOUND' });
    expect((await choose('oci:app:x')).definition.subject).toMatchObject({ kind: 'image' });
    await expect(choose('starts')).rejects.toMatchObject({
      code: expect.stringMatching(/RECORD|RUN/) as unknown,
    });
  });
});
