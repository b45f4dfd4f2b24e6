import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLogMatcher } from '../../../../../src/judge/knowledge/log/match-log.ts';
import { prepareSigns } from '../../../../../src/judge/knowledge/log/prepare-signs.ts';
import { damagedText, FUZZ_RUNS } from '../../../damage.ts';

const PREPARED = prepareSigns();
const DIRECTORY = 'test/fixtures/logs/failing';
const LOGS = readdirSync(DIRECTORY).map((name) => readFileSync(join(DIRECTORY, name), 'utf8'));

function explain(bytes: Buffer, piece: number) {
  const matcher = createLogMatcher(PREPARED);
  for (let at = 0; at < bytes.length; at += piece) matcher.push(bytes.subarray(at, at + piece));
  return matcher.end();
}

it('a log that is damaged says the same in whatever pieces it comes', { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(damagedText(LOGS), fc.integer({ min: 1, max: 40 }), (text, piece) => {
      const bytes = Buffer.from(text);
      const whole = explain(bytes, bytes.length + 1);
      expect(explain(bytes, piece)).toEqual(whole);
      for (const { line } of whole.findings) expect(line.number).toBeLessThanOrEqual(whole.lines);
    }),
    { numRuns: FUZZ_RUNS },
  );
});
