import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LOG_ENTRIES } from '../../../../../src/judge/knowledge/log/log-entries.ts';
import { createLogMatcher } from '../../../../../src/judge/knowledge/log/match-log.ts';
import { prepareSigns } from '../../../../../src/judge/knowledge/log/prepare-signs.ts';

const LOGS = join(import.meta.dirname, '../../../../fixtures/logs');
const failing = readdirSync(join(LOGS, 'failing'));
const clean = readdirSync(join(LOGS, 'clean'));

const PREPARED = prepareSigns();

function findIds(log: string | Buffer): string[] {
  const matcher = createLogMatcher(PREPARED);
  matcher.push(Buffer.from(log));
  return matcher.end().findings.map(({ entry }) => entry.id);
}

/** What tools make of a log: the failure is the same. */
const DISGUISES: Readonly<Record<string, (log: string) => string>> = {
  'as it is': (log) => log,
  'with CRLF': (log) => log.replaceAll('\n', '\r\n'),
  'on GitHub': (log) => log.replaceAll(/^/gm, '2025-03-04T10:11:12.1234567Z '),
  'as gh prints it': (log) =>
    log.replaceAll(/^/gm, 'build\tBuild image\t2025-03-04T10:11:12.1234567Z '),
  'on GitLab': (log) => log.replaceAll(/^/gm, '2025-03-04T10:11:12.123456Z 01O '),
  'with colours': (log) => log.replaceAll(/^(.+)$/gm, '\u001b[31;1m$1\u001b[0m'),
  'behind a progress display': (log) => log.replaceAll(/^/gm, '12% [==>   ]\r98% [=====>]\r'),
};

describe.each(Object.entries(DISGUISES))('%s', (_name, disguise) => {
  test.each(failing)('%s', (file) => {
    const log = readFileSync(join(LOGS, 'failing', file), 'utf8');
    expect(findIds(disguise(log))[0]).toBe(file.split('.')[0]);
  });

  test.each(clean)('nothing in %s', (file) => {
    const log = readFileSync(join(LOGS, 'clean', file), 'utf8');
    expect(findIds(disguise(log))).toEqual([]);
  });
});

test('every entry has a log that shows it', () => {
  const shown = new Set(failing.map((file) => file.split('.')[0]));
  expect(LOG_ENTRIES.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
});

test('there are clean logs enough', () => {
  expect(clean.length).toBeGreaterThanOrEqual(20);
});
