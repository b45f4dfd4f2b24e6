import { describe, expect, it } from 'vitest';
import { parseSuite, parseSuiteObject } from '../../../src/suite/index.ts';
import { catchError, SUITE_HEAD } from './list-mistakes.ts';

describe('parseSuite', () => {
  it('says that nothing is there', () => {
    for (const text of ['', '# only a comment\n', '---\n', 'null']) {
      const error = catchError(() => parseSuite(text, 'a.yaml'));
      expect([error.code, error.exitCode]).toEqual(['SUITE_EMPTY', 2]);
    }
  });

  it('keeps the line of each of a thousand cases', () => {
    const cases = Array.from(
      { length: 1000 },
      (_, index) => `  - {name: case ${index}, run: [app, "${index}"], expect: {exit: 0}}`,
    );
    const suite = parseSuite(`${SUITE_HEAD}cases:\n${cases.join('\n')}\n`, 'a.yaml');
    expect(suite.cases).toHaveLength(1000);
    expect(suite.cases[999]?.position?.line).toBe(1004);
  });
});

describe('parseSuiteObject', () => {
  it('names the path in the object', () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const root = {
      version: 1,
      name: 's',
      subject: { image: 'x' },
      cases: [{ name: 'c', env: { 'A B': 1 }, tiemout: 1 }, { run: () => 1 }],
    };
    const error = catchError(() => parseSuiteObject(root, 'a.ts'));
    expect(error.diagnostics.map(({ message }) => message)).toEqual([
      'cases[0].env["A B"]: must be text, not 1',
      'cases[0].tiemout: unknown key "tiemout" in a case',
      'cases[1]: "name" is missing',
      'cases[1].run: must be a command: a list of words, or text for "sh -c", not a function',
    ]);
    expect(error.diagnostics[0]?.position).toEqual({ file: 'a.ts', line: 1, column: 1 });
    expect(error.diagnostics[0]?.frame).toBeUndefined();
    const endless = { ...root, cases: [{ name: 'c', expect: { stdout: cyclic } }] };
    expect(catchError(() => parseSuiteObject(endless, 'a.ts')).diagnostics[0]?.message).toBe(
      'the suite is nested too deeply, or contains itself',
    );
  });
});

describe('benchmarks of a suite', () => {
  const head = 'version: 1\nname: s\nsubject: {image: "oci:x"}\n';

  it('are cases with the defaults of the suite, and may stand alone', () => {
    const text = `${head}defaults: {env: {A: "1"}}\nbench:\n  - {name: e, run: [app, e], metrics: [wall, memory]}\n  - {name: f, args: [x]}\n`;
    const suite = parseSuite(text, 'a.yaml');
    expect(suite.cases).toEqual([]);
    expect(suite.bench).toMatchObject([
      {
        name: 's/e',
        metrics: ['wallMs', 'maxRssKb'],
        definition: { id: 's/e', command: { kind: 'run', argv: ['app', 'e'] }, env: { A: '1' } },
      },
      {
        name: 's/f',
        metrics: ['wallMs'],
        definition: { command: { kind: 'subject', args: ['x'] } },
      },
    ]);
  });

  it('have one command', () => {
    const text = `${head}bench:\n  - {name: e, run: [a], args: [b]}\n`;
    expect(catchError(() => parseSuite(text, 'a.yaml')).diagnostics).toMatchObject([
      { message: '"args" cannot stand beside "run"', hint: 'remove one of them' },
    ]);
  });
});
