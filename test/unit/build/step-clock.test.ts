import { expect, it } from 'vitest';
import { readPlainText } from '../../../src/build/progress/plain-text.ts';
import { createStepClock } from '../../../src/build/progress/step-clock.ts';

/** What a client writes, with the time of its arrival and the daemon's processor time then. */
type Line = readonly [ms: number, cpuMs: number, text: string];

async function replay(lines: readonly Line[]): Promise<(number | undefined)[]> {
  let [ms, cpu] = [0, 0];
  const reader = readPlainText(() => ms);
  const clock = createStepClock(reader, () => Promise.resolve(cpu));
  await clock.begin();
  for (const [at, used, text] of lines) {
    [ms, cpu] = [at, used];
    reader.push(`${text}\n`);
    clock.look();
    // The clock reads when it is its turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { steps } = await clock.finish();
  return steps.map(({ cpuMs }) => cpuMs);
}

it('gives each step what the daemon used until its end, also when the next begins at once', async () => {
  expect(
    await replay([
      [0, 10, '#1 [1/3] FROM base\n#1 DONE 0.0s'],
      [100, 20, '#2 [2/3] RUN ./configure'],
      [10_100, 9020, '#2 DONE 10.0s\n#3 [3/3] RUN make'],
      [15_100, 12_020, '#3 DONE 5.0s'],
    ]),
  ).toEqual([undefined, 9010, 3000]);
});

it('gives none to steps that ran beside each other', async () => {
  expect(
    await replay([
      [0, 0, '#1 [a 1/1] RUN one\n#2 [b 1/1] RUN two'],
      [10_000, 9000, '#1 DONE 10.0s'],
      [12_000, 9900, '#2 DONE 12.0s'],
    ]),
  ).toEqual([undefined, undefined]);
});
