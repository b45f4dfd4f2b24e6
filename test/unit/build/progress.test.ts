import { describe, expect, it } from 'vitest';
import { isRunStep, readStepName } from '../../../src/build/progress/build-step.ts';
import { readPlainText } from '../../../src/build/progress/plain-text.ts';
import { readRawJson } from '../../../src/build/progress/raw-json.ts';
import { pullTime } from '../../../src/build/pull-time.ts';

const RAW = `{
  "vertexes": [{"digest": "sha256:a", "name": "[1/2] FROM base", "started": "2026-01-01T00:00:00.1Z", "completed": "2026-01-01T00:00:02.1Z"}]
}
{"vertexes": [{"digest": "sha256:b", "name": "[2/2] RUN echo \\"}\\"", "started": "2026-01-01T00:00:02.100000001Z"}]}
{"logs": [{"vertex": "sha256:b", "data": "${Buffer.from('hi\n').toString('base64')}"}]}
{"vertexes": [{"digest": "sha256:b", "name": "[2/2] RUN echo \\"}\\"", "started": "2026-01-01T00:00:02.100000001Z", "completed": "2026-01-01T00:00:03.6Z", "error": "exit code: 1"}]}
ERROR: failed to solve: exit code: 1
`;

describe('rawjson progress', () => {
  it.each([1, 7, RAW.length])('is read in pieces of %i', (size) => {
    const reader = readRawJson();
    for (let at = 0; at < RAW.length; at += size) reader.push(RAW.slice(at, at + size));
    const [from, run] = reader.steps();
    expect(from).toMatchObject({
      name: '[1/2] FROM base',
      startedMs: 0,
      durationMs: 2000,
      completed: true,
    });
    expect(run).toMatchObject({ name: '[2/2] RUN echo "}"', log: 'hi\n', error: 'exit code: 1' });
    expect(Math.round(run?.durationMs ?? 0)).toBe(1500);
    expect(reader.rest()).toBe('ERROR: failed to solve: exit code: 1');
  });

  it('adds up the spans of a step that paused, and knows the cached one', () => {
    const reader = readRawJson();
    const vertex = (more: object): string =>
      JSON.stringify({ vertexes: [{ digest: 'sha256:a', name: 'x', ...more }] });
    reader.push(vertex({ started: '2026-01-01T00:00:00Z', completed: '2026-01-01T00:00:01Z' }));
    reader.push(vertex({ started: '2026-01-01T00:00:05Z', completed: '2026-01-01T00:00:06Z' }));
    expect(reader.steps()[0]?.durationMs).toBe(2000);
    reader.push(vertex({ cached: true }));
    expect(reader.steps()[0]).toMatchObject({ cached: true, durationMs: 0 });
  });
});

describe('plain progress', () => {
  it('is read by lines', () => {
    const reader = readPlainText(() => 0);
    reader.push('#1 [a 1/3] FROM b\n#1 sha256:00\n#1 CACHED\n\n#2 [a 2/3] RUN ma');
    reader.push(
      'ke\n#2 0.343 cc -c x.c\n#2 DONE 1.2s\n#3 [a 3/3] RUN false\n#3 ERROR: exit code: 1\n------\n',
    );
    expect(
      reader
        .steps()
        .map(({ name, cached, durationMs, error, log }) => [name, cached, durationMs, error, log]),
    ).toEqual([
      ['[a 1/3] FROM b', true, 0, undefined, ''],
      ['[a 2/3] RUN make', false, 1200, undefined, 'cc -c x.c\n'],
      ['[a 3/3] RUN false', false, 0, 'exit code: 1', ''],
    ]);
    expect(reader.rest()).toBe('------');
  });
});

describe('steps', () => {
  it.each([
    ['[build 3/6] RUN make', { stage: 'build', instruction: 'RUN make' }],
    ['[linux/arm64 build 3/6] RUN make', { stage: 'build', instruction: 'RUN make' }],
    ['[2/4] RUN make', { instruction: 'RUN make' }],
    ['[internal] load build context', { instruction: '[internal] load build context' }],
  ])('%s', (name, place) => {
    expect(readStepName(name)).toEqual(place);
  });

  it('of which RUN executes something', () => {
    expect(isRunStep({ name: '[a 1/2] RUN x' })).toBe(true);
    expect(isRunStep({ name: '[a 1/2] COPY RUN /' })).toBe(false);
  });

  const step = (name: string, startedMs: number, durationMs: number) => ({
    name,
    startedMs,
    durationMs,
    cached: false,
    completed: true,
    log: '',
  });

  it('fetch base images for as long as nothing else runs', () => {
    expect(
      pullTime([
        step('[1/2] FROM a', 0, 1000),
        step('[b 1/2] FROM b', 500, 1000),
        step('[2/2] RUN x', 1200, 100),
      ]),
    ).toBe(1400);
  });
});
