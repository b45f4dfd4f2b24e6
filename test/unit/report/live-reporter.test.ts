import { describe, expect, it } from 'vitest';

import { createReporter, multiplexReporters } from '../../../src/report/index.ts';
import { collect, createManualClock } from './collect-output.ts';
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

const OK = judge(define('app', 'works'), 'match', {
  lanes: { native: onLane('match', observe('')), emulated: onLane('match', observe('')) },
});
const BAD = judge(define('app', 'breaks'), 'mismatch', {
  lanes: {
    native: onLane('mismatch', observe(''), [
      { check: 'stdout equals x', expected: 'x', actual: '' },
    ]),
  },
});

const attempt = { caseId: 'app/slow one', laneId: 'emulated', number: 1 };
const begun = { type: 'attempt-started', at: '', ...attempt } as const;

/** What a terminal shows after these writes: enough of ECMA-48 for what the reporter uses. */
function showOnTerminal(output: string): readonly string[] {
  const lines: string[] = [''];
  for (const token of output.match(/\u001b\[[?\d]*[A-Za-z]|\n|[^\u001b\n]+/g) ?? []) {
    const up = /\[(\d+)F$/.exec(token)?.[1];
    if (up !== undefined) lines.splice(lines.length - 1 - Number(up), Infinity, '');
    else if (token === '\n') lines.push('');
    else if (!token.startsWith('\u001b')) lines.push((lines.pop() ?? '') + token);
  }
  return lines;
}

describe('live on a terminal', () => {
  const terminal = (): ReturnType<typeof collect> & {
    clock: ReturnType<typeof createManualClock>;
  } => {
    const clock = createManualClock();
    return { ...collect({ tty: true, clock, width: 60 }), clock };
  };

  it('keeps a block of what runs below what went wrong', async () => {
    const { options, text, clock } = terminal();
    const reporter = createReporter('live', options);
    await reporter.onEvent(startRun({ caseCount: 3 }));
    for (const event of tellCase(OK, 0)) await reporter.onEvent(event);
    await reporter.onEvent(begun);
    clock.advance(1500);
    await Promise.resolve();
    expect(showOnTerminal(text())).toEqual([
      'archparity 0.1.0 · 3 cases',
      '1/3  1.5 s  1 match',
      '  app/slow one  emulated 1.5 s',
      '',
    ]);
    clock.advance(1000);
    await reporter.onEvent(begun);
    for (const event of tellCase(BAD, 0)) await reporter.onEvent(event);
    const shown = showOnTerminal(text()).filter((line) => line !== '');
    expect(shown.slice(0, 3)).toEqual([
      'archparity 0.1.0 · 3 cases',
      'mismatch     app/breaks  a check failed on native  native 2 ms',
      '2/3  2.5 s  1 match · 1 mismatch',
    ]);
  });

  it('shows what went well too when the suite was made for an image', async () => {
    const { options, text } = terminal();
    const reporter = createReporter('live', options);
    const suites = [{ name: 'app', file: '<made for oci:app>' }];
    await reporter.onEvent(startRun({ caseCount: 1, suites }));
    for (const event of tellCase(OK, 0)) await reporter.onEvent(event);
    expect(showOnTerminal(text()).join('\n')).toContain('app/works  the same on both');
  });

  it('names a slow case', async () => {
    const { options, text, clock } = terminal();
    const reporter = createReporter('live', options);
    await reporter.onEvent(startRun({ caseCount: 3 }));
    await reporter.onEvent(begun);
    clock.advance(2001);
    await reporter.onEvent({ type: 'warning', at: '', message: 'redraw' });
    expect(showOnTerminal(text()).at(-2)).toBe('  app/slow one  emulated 2 s  slow');
  });

  it('leaves only the report behind and stops its timer', async () => {
    const { options, text, clock } = terminal();
    const reporter = createReporter('live', options);
    await reporter.onEvent(startRun({ caseCount: 2 }));
    await reporter.onEvent(begun);
    clock.advance(3000);
    for (const event of [...tellCase(OK, 0), ...tellCase(BAD, 0)]) await reporter.onEvent(event);
    await reporter.onEvent(endRun({ match: 1, mismatch: 1, total: 2 }, { exitCode: 1 }));
    expect(clock.active()).toBe(1);
    await reporter.finish?.();
    expect(clock.active()).toBe(0);
    const shown = showOnTerminal(text()).join('\n');
    expect(shown).not.toContain('slow one');
    expect(shown).toContain('again:  archparity test parity.yaml');
    expect(shown).toMatch(/FAILED {2}2 cases, 1 failed: 1 match · 1 mismatch · 20 s\n$/);
  });

  it('never draws a row wider than the terminal', async () => {
    const clock = createManualClock();
    const { options, text } = collect({ tty: true, clock, width: 30 });
    const reporter = createReporter('live', options);
    await reporter.onEvent(startRun({ caseCount: 100 }));
    for (let i = 0; i < 12; i += 1) {
      await reporter.onEvent({ ...begun, caseId: `app/${'a long name '.repeat(4)}${i}` });
    }
    clock.advance(5000);
    await Promise.resolve();
    const rows = showOnTerminal(text()).slice(1);
    expect(rows).toHaveLength(1 + 8 + 1 + 1);
    expect(rows.at(-2)).toBe('  … and 4 more');
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThan(30);
  });

  it('stops drawing when the terminal is gone', async () => {
    const clock = createManualClock();
    const { options } = collect({
      tty: true,
      clock,
      write: () => Promise.reject(new Error('EPIPE')),
    });
    const listener = multiplexReporters([
      { name: 'live', reporter: createReporter('live', options) },
    ]);
    await listener(startRun());
    clock.advance(500);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(clock.active()).toBe(0);
    expect(await listener.finish()).toMatchObject([{ name: 'live', error: { message: 'EPIPE' } }]);
  });
});

describe('live in a pipe', () => {
  it('prints a line per finished case as it comes', async () => {
    const { options, pieces } = collect({ clock: createManualClock() });
    const reporter = createReporter('live', options);
    for (const event of [startRun(), ...tellCase(OK, 0)]) await reporter.onEvent(event);
    expect(pieces.at(-1)).toBe(
      '\nok           app/works  the same on both  native 2 ms · emulated 2 ms\n',
    );
  });

  it('names what runs for long, each time that doubles', async () => {
    const clock = createManualClock();
    const { options, pieces } = collect({ clock });
    const reporter = createReporter('live', options);
    await reporter.onEvent(startRun());
    await reporter.onEvent(begun);
    for (let second = 0; second < 45; second += 1) clock.advance(1000);
    await reporter.finish?.();
    expect(pieces.filter((piece) => piece.startsWith('slow'))).toEqual([
      'slow         app/slow one  emulated 10 s so far\n',
      'slow         app/slow one  emulated 20 s so far\n',
      'slow         app/slow one  emulated 40 s so far\n',
    ]);
    expect(clock.active()).toBe(0);
  });

  it('says once, below the lanes, that emulated times include QEMU', async () => {
    const { options, text } = collect({ clock: createManualClock() });
    const reporter = createReporter('live', options);
    await reporter.onEvent(startRun());
    for (const lane of [...LANES, ...LANES]) {
      await reporter.onEvent({ type: 'lane-opened', at: '', lane });
    }
    expect(text()).not.toContain('emulated times include QEMU');
    for (const event of [...tellCase(OK, 0), ...tellCase(OK, 0)]) await reporter.onEvent(event);
    expect(text().match(/^emulated times include QEMU$/gm)).toHaveLength(1);
  });
});

describe('live with quiet', () => {
  it('prints nothing when all is well', async () => {
    const { options, text } = collect({ quiet: true, tty: true });
    const reporter = createReporter('live', options);
    const events = [startRun(), ...tellCase(OK, 0), endRun({ match: 1, total: 1 })];
    for (const event of events) await reporter.onEvent(event);
    await reporter.finish?.();
    expect(text()).toBe('');
  });

  it('prints failures at the end', async () => {
    const { options, text } = collect({ quiet: true, tty: true });
    const reporter = createReporter('live', options);
    for (const event of [startRun(), ...tellCase(OK, 0), ...tellCase(BAD, 0)]) {
      await reporter.onEvent(event);
    }
    expect(text()).toBe('');
    await reporter.finish?.();
    expect(text()).toMatch(/^── mismatch {2}app\/breaks/);
    expect(text()).not.toContain('FAILED');
  });
});
