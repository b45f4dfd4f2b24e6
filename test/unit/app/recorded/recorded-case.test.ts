import { describe, expect, it } from 'vitest';
import { findRecordedCase } from '../../../../src/app/recorded/recorded-case.ts';
import { makeCase } from '../../plan/make-case.ts';
import { START, useTempDirectory, writeEvents } from '../../record/record-files.ts';

const place = useTempDirectory();

/** A record of cases with these ids. */
async function record(...ids: readonly string[]): Promise<string> {
  const file = place(`${ids.join().replaceAll(/\W/g, '-')}.ndjson`);
  const cases = ids.map((id) => {
    const definition = makeCase({ id, suite: 'a', name: id.slice(id.indexOf('/') + 1) });
    return { type: 'case-started', at: START.at, definition } as const;
  });
  await writeEvents(file, [START, ...cases]);
  return file;
}

describe('findRecordedCase', () => {
  it.each([
    ['a/starts', 'a/starts'],
    ['starts', 'a/starts'],
    ['again', 'a/starts again'],
    // An id comes before a name, which comes before parts of ids.
    ['b/one', 'b/one'],
    ['one', 'b/one'],
  ])('takes %j for one', async (word, id) => {
    const file = await record('a/starts again', 'a/starts', 'c/b/one', 'b/one');
    expect((await findRecordedCase(file, word)).definition.id).toBe(id);
  });

  it('names those that may be meant', async () => {
    const file = await record('a/starts', 'a/starts again', 'b/one');
    await expect(findRecordedCase(file, 'start')).rejects.toMatchObject({
      code: 'CASE_AMBIGUOUS',
      message: `"start" may be 2 cases of the record ${file}: "a/starts", "a/starts again".`,
    });
    await expect(findRecordedCase(file, 'ones')).rejects.toMatchObject({
      code: 'CASE_NOT_FOUND',
      message: `There is no case "ones" in the record ${file}.`,
      advice: 'Did you mean "one"?',
    });
    await expect(findRecordedCase(file, 'quite another')).rejects.toMatchObject({
      advice: 'It has "a/starts", "a/starts again", "b/one".',
    });
  });
});
