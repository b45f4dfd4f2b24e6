import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Attempt, captureBytes, type RunEvent } from '../../../src/core/index.ts';
import { createRecordWriter, createRedactor } from '../../../src/record/index.ts';
import { arbitraryRun } from './arbitrary-event.ts';
import { readEvents, START, useTempDirectory, warning, writeEvents } from './record-files.ts';

const path = useTempDirectory();

const OUTPUT = captureBytes(Buffer.from('a line that must stand in the record once\n'));
const ATTEMPT: Attempt = {
  number: 1,
  observation: {
    termination: { kind: 'exit', code: 0 },
    stdout: OUTPUT,
    stderr: captureBytes(Buffer.alloc(0)),
    wallMs: 2.5,
    userMs: 1,
    sysMs: 1,
    maxRssKb: 1000,
  },
};

function finished(lanes: Readonly<Record<string, readonly Attempt[]>>): readonly RunEvent[] {
  const at = '2026-11-24T03:00:02.000Z';
  const [sample] = fc
    .sample(arbitraryRun, { numRuns: 200, seed: 7 })
    .flatMap((events) =>
      events.flatMap((event) => (event.type === 'case-finished' ? [event.result] : [])),
    );
  if (sample === undefined) throw new Error('no sample');
  const result = {
    ...sample,
    lanes: Object.fromEntries(
      Object.entries(lanes).map(([id, attempts]) => [
        id,
        { verdict: 'match' as const, attempts, failures: [] },
      ]),
    ),
  };
  return [{ type: 'case-finished', at, result }];
}

function attempt(laneId: string, events: readonly RunEvent[]): RunEvent {
  const [event] = events;
  const caseId = event?.type === 'case-finished' ? event.result.definition.id : '';
  return { type: 'attempt-finished', at: START.at, caseId, laneId, attempt: ATTEMPT };
}

describe('createRecordWriter', () => {
  it('keeps every event whole', { timeout: 30_000 }, async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryRun, async (events) => {
        const file = path(`any-${String((run += 1))}.ndjson`);
        await writeEvents(file, events);
        expect(await readEvents(file)).toEqual(events);
      }),
      { numRuns: 100 },
    );
  });

  it('stores an attempt once and gives it back in the case', async () => {
    const file = path('once.ndjson');
    const result = finished({ native: [ATTEMPT], emulated: [ATTEMPT] });
    const events = [START, attempt('native', result), attempt('emulated', result), ...result];
    await writeEvents(file, events);
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.filter((line) => line.includes('must stand in the record'))).toHaveLength(2);
    expect(lines[3]).not.toContain('attempts');
    expect(await readEvents(file)).toEqual(events);
  });

  it('stores an attempt that no event told of in the case', async () => {
    const file = path('inline.ndjson');
    const other: Attempt = { number: 2, unsupported: 'no files on this lane' };
    const result = finished({ native: [other, ATTEMPT] });
    const events = [START, attempt('native', result), ...result];
    await writeEvents(file, events);
    expect(readFileSync(file, 'utf8').match(/must stand in the record/g)).toHaveLength(1);
    expect(await readEvents(file)).toEqual(events);
  });

  it('joins attempts under redacted names', async () => {
    const file = path('redacted.ndjson');
    const result = finished({ 'ssh:hunter22@host': [ATTEMPT] });
    const redact = createRedactor({ secrets: ['hunter22', 'must stand'] });
    await writeEvents(file, [START, attempt('ssh:hunter22@host', result), ...result], { redact });
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain('hunter22');
    expect(text.match(/a line that \[redacted\] in the record/g)).toHaveLength(1);
    const last = (await readEvents(file)).at(-1);
    expect(last?.type === 'case-finished' && last.result.lanes).toMatchObject({
      'ssh:[redacted]@host': { attempts: [{ number: 1 }] },
    });
  });

  it('keeps the order of calls that nobody awaits', async () => {
    const file = path('order.ndjson');
    const writer = createRecordWriter(file);
    void writer.append(START);
    for (let i = 0; i < 500; i += 1) {
      void writer.append(warning(String(i)));
      if (i % 100 === 0) await writer.append(warning(`awaited ${i}`));
    }
    await writer.close();
    const messages = (await readEvents(file)).flatMap((event) =>
      event.type === 'warning' && !event.message.startsWith('awaited') ? [event.message] : [],
    );
    expect(messages).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
  });

  it('writes that something began with what follows, or soon', async () => {
    const file = path('began.ndjson');
    const writer = createRecordWriter(file);
    const began = (number: number): RunEvent => {
      return { type: 'attempt-started', at: START.at, caseId: 'one', laneId: 'native', number };
    };
    await writer.append(START);
    await writer.append(began(1));
    expect(await readEvents(file)).toEqual([START]);
    await writer.append(warning('after it'));
    const followed = [START, began(1), warning('after it')];
    expect(await readEvents(file)).toEqual(followed);
    await writer.append(began(2));
    await expect.poll(() => readEvents(file)).toEqual([...followed, began(2)]);
    await writer.append(began(3));
    await writer.close();
    expect(await readEvents(file)).toEqual([...followed, began(2), began(3)]);
  });

  it('loses nothing that append resolved for when it is killed', { timeout: 30_000 }, async () => {
    const file = path('killed.ndjson');
    const source = new URL('../../../src/record/index.ts', import.meta.url).href;
    const script = `
      const { createRecordWriter } = await import(${JSON.stringify(source)});
      const writer = createRecordWriter(${JSON.stringify(file)});
      await writer.append(${JSON.stringify(START)});
      for (let i = 0; ; i += 1) {
        await writer.append({ type: 'warning', at: '', message: String(i) });
        process.stdout.write(i + '\\n');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let acknowledged = -1;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line);
      if (acknowledged === 200) child.kill('SIGKILL');
    }
    await exited;
    const written = (await readEvents(file)).flatMap((event) =>
      event.type === 'warning' ? [event.message] : [],
    );
    expect(acknowledged).toBeGreaterThanOrEqual(200);
    expect(written).toContain(String(acknowledged));
  });

  it('writes to a descriptor and leaves it open', async () => {
    const file = path('fd.ndjson');
    const fd = openSync(file, 'a');
    const writer = createRecordWriter({ fd });
    await writer.append(START);
    await writer.close();
    expect(fstatSync(fd).size).toBeGreaterThan(0);
    closeSync(fd);
    expect(await readEvents(file)).toEqual([START]);
  });

  it('replaces an older record', async () => {
    const file = path('replace.ndjson');
    await writeEvents(file, [START, warning('old')]);
    await writeEvents(file, [START]);
    expect(await readEvents(file)).toEqual([START]);
  });

  it('says that the disk is full, every time', async () => {
    const writer = createRecordWriter('/dev/full');
    const full = { code: 'RECORD_WRITE_FAILED', exitCode: 3, advice: /Free space/ };
    const expected = { ...full, advice: expect.stringMatching(full.advice) as string };
    await expect(writer.append(START)).rejects.toMatchObject(expected);
    await expect(writer.append(START)).rejects.toMatchObject(expected);
    await expect(writer.close()).rejects.toMatchObject(expected);
  });

  it('refuses a place where no file can be', () => {
    mkdirSync(path('directory'));
    for (const place of [path('directory'), path('missing/record.ndjson')]) {
      expect(() => createRecordWriter(place)).toThrow(
        expect.objectContaining({ code: 'RECORD_WRITE_FAILED', exitCode: 3 }),
      );
    }
  });

  it('closes once and takes nothing afterwards', async () => {
    const writer = createRecordWriter(path('closed.ndjson'));
    await writer.append(START);
    await writer.close();
    await writer.close();
    await expect(writer.append(START)).rejects.toThrow('closed');
  });
});
