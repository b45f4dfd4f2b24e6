import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  createReporter,
  parseReporterName,
  REPORTER_NAMES,
  renderRecord,
} from '../../../src/report/index.ts';
import { arbitraryRun } from '../record/arbitrary-event.ts';
import { useTempDirectory, writeEvents } from '../record/record-files.ts';
import { collect, report } from './collect-output.ts';
import { everyVerdictRun } from './every-verdict-run.ts';
import {
  define,
  endRun,
  judge,
  LANES,
  observe,
  onLane,
  startRun,
  tellCase,
} from './make-result.ts';

const path = useTempDirectory();

describe('parseReporterName', () => {
  it('takes the names there are and lists them for others', () => {
    expect(REPORTER_NAMES.map(parseReporterName)).toEqual(REPORTER_NAMES);
    expect(() => parseReporterName('xml')).toThrow(
      expect.objectContaining({
        ...{ code: 'REPORTER_UNKNOWN', exitCode: 2 },
        advice: 'Use one of live, text, json, junit, html, github, markdown, tap, sarif.',
      }),
    );
  });
});

describe('every reporter', () => {
  it('takes any events', { timeout: 30_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRun, async (events) => {
        for (const name of ['text', 'live'] as const) {
          const text = await report(name, events, { verbose: true });
          expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        }
        const parsed = JSON.parse(await report('json', events)) as { cases: unknown[] };
        expect(parsed.cases).toHaveLength(
          events.filter(({ type }) => type === 'case-finished').length,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('writes XML that a parser takes, whatever the events', async () => {
    const runs = fc.sample(arbitraryRun, { numRuns: 40, seed: 11 });
    const files = await Promise.all(
      runs.map(async (events, place) => {
        const file = path(`${place}.xml`);
        writeFileSync(file, await report('junit', events));
        return file;
      }),
    );
    const result = spawnSync('xmllint', ['--noout', ...files], { encoding: 'utf8' });
    expect(result).toMatchObject({ status: 0, stderr: '' });
  });

  it('has something to say of no events at all', async () => {
    expect(await report('text', [])).toBe('\nCUT OFF  0 cases\n');
    expect(JSON.parse(await report('json', []))).toMatchObject({ cases: [], lanes: [] });
    expect(await report('junit', [])).toContain('<testsuites name="archparity" tests="0"');
  });
});

describe('json', () => {
  it('writes each case when it finishes and keeps none', async () => {
    const big = judge(define('s', 'c'), 'match', {
      lanes: { native: onLane('match', observe('x'.repeat(10_000))) },
    });
    let written = 0;
    const { options } = collect({ write: (text) => void (written += text.length) });
    const reporter = createReporter('json', options);
    await reporter.onEvent(startRun());
    for (let i = 0; i < 3000; i += 1) {
      const before = written;
      await reporter.onEvent({ type: 'case-finished', at: '', result: big });
      if (written - before < 10_000) throw new Error('the case was kept back');
    }
    await reporter.finish?.();
    expect(written).toBeGreaterThan(30_000_000);
  });

  it('gives both streams one encoding', async () => {
    const result = judge(define('s', 'c'), 'match', {
      lanes: {
        native: onLane('match', {
          ...observe(new Uint8Array([0xff])),
          stderr: { encoding: 'utf8', data: 'hé', totalBytes: 9, truncated: true },
        }),
      },
    });
    const text = await report('json', [startRun(), ...tellCase(result, 0)]);
    expect(JSON.parse(text)).toMatchObject({
      cases: [
        {
          lanes: {
            native: {
              attempts: [
                {
                  ...{ encoding: 'base64', stdout: '/w==', truncated: true },
                  stderr: Buffer.from('hé').toString('base64'),
                },
              ],
            },
          },
        },
      ],
    });
  });
});

describe('junit', () => {
  it('makes flaky a failure only when the run is strict', async () => {
    const flaky = judge(define('s', 'c'), 'flaky', {
      lanes: {
        native: onLane('match', observe('')),
        emulated: onLane('flaky', [
          { number: 1, observation: observe('a') },
          { number: 2, observation: observe('b') },
        ]),
      },
    });
    const lax = await report('junit', [startRun(), ...tellCase(flaky, 0), endRun({})]);
    expect(lax).toContain('failures="0"');
    expect(lax).toContain('<flakyFailure ');
    const strict = await report('junit', [startRun({ strict: true }), ...tellCase(flaky, 0)]);
    expect(strict).toContain('failures="1"');
    expect(strict).toContain('<failure message="attempts differ on emulated (2 attempts)"');
  });

  it('fails a failed case on at least one lane, wherever the blame lies', async () => {
    const lanes = { native: onLane('match', observe('')), emulated: onLane('match', observe('')) };
    const result = judge(define('s', 'c'), 'diverged', { lanes });
    const blameless = await report('junit', [startRun(), ...tellCase(result, 0)]);
    expect(blameless.match(/<failure /g)).toHaveLength(1);
    const alone = judge(define('s', 'c'), 'infra-error', { reason: 'no lane opened' });
    expect(await report('junit', [startRun(), ...tellCase(alone, 0)])).toContain('<error ');
  });

  it('puts a case that no lane saw on every lane', async () => {
    const opened = LANES.map((lane) => ({ type: 'lane-opened', at: '', lane }) as const);
    const result = judge(define('s', 'c'), 'skipped', { reason: 'tag' });
    const text = await report('junit', [startRun(), ...opened, ...tellCase(result, 0)]);
    expect(text.match(/<skipped message="skipped: tag"\/>/g)).toHaveLength(3);
  });

  it('says below a case that is well what weakens it, on the lane that it is about', async () => {
    const notes = ['teardown step 1 failed (exit 3)', 'a <second>\u001b note'];
    const lanes = {
      native: onLane('match', observe('said')),
      emulated: onLane('match', observe('said', { notes })),
    };
    const text = await report('junit', [
      startRun(),
      ...tellCase(judge(define('s', 'c'), 'match', { lanes }), 0),
    ]);
    expect(text).toContain(
      '<system-out>note: teardown step 1 failed (exit 3)\nnote: a &lt;second&gt;',
    );
    expect(text.match(/<system-out>/g)).toHaveLength(1);
    expect(text).not.toContain('said');
  });

  it('keeps the end of a long output', async () => {
    const lane = onLane('mismatch', observe(`begin${'.'.repeat(100_000)}end`), [
      { check: 'exit 1', expected: 'exit 1', actual: 'exit 0' },
    ]);
    const result = judge(define('s', 'c'), 'mismatch', { lanes: { native: lane } });
    const text = await report('junit', [startRun(), ...tellCase(result, 0)]);
    expect(text).toContain('end</system-out>');
    expect(text).not.toContain('begin');
  });
});

describe('renderRecord', () => {
  it('gives the exit code of the run', async () => {
    const file = path('whole.ndjson');
    await writeEvents(file, everyVerdictRun());
    expect(await renderRecord(file, 'json', collect().options)).toEqual({ exitCode: 130 });
  });

  it('shows what there is of a record that was cut', async () => {
    const whole = path('to-cut.ndjson');
    await writeEvents(whole, everyVerdictRun());
    const cut = path('cut.ndjson');
    writeFileSync(cut, readFileSync(whole).subarray(0, 12_000));
    const { options, text } = collect();
    expect(await renderRecord(cut, 'text', options)).toEqual({});
    expect(text()).toMatch(/warning: The record ends in the middle of line \d+\./);
    expect(text()).toMatch(/\nCUT OFF {2}\d of 27 cases/);
  });

  it('names the record where output is shortened', async () => {
    const file = fileURLToPath(
      new URL('../../fixtures/records/every-verdict.ndjson', import.meta.url),
    );
    const { options, text } = collect();
    await renderRecord(file, 'text', options);
    expect(text()).toContain(`whole:  ${file}\n`);
  });
});
