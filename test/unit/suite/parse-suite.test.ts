import { describe, expect, it } from 'vitest';
import { parseSuite, parseSuiteObject } from '../../../src/suite/index.ts';
import { catchError, listMistakes, SUITE_HEAD } from './list-mistakes.ts';

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

describe('mistakes of a suite', () => {
  const cases = Array.from(
    { length: 400 },
    (_, index) => `  - {name: case ${index}, run: [app]}\n`,
  );

  it('have the same places in a large suite as in a small one', () => {
    const slip = '  - {name: slip, tiemout: 1s}\n';
    const small = listMistakes(`${SUITE_HEAD}cases:\n${slip}`);
    const large = listMistakes(`${SUITE_HEAD}cases:\n${cases.join('')}${slip}`);
    expect(small).toEqual(['5:18 unknown key "tiemout" in a case (did you mean "timeout"?)']);
    expect(large).toEqual(['405:18 unknown key "tiemout" in a case (did you mean "timeout"?)']);
  });

  it('are counted', () => {
    const one = catchError(() =>
      parseSuite(`${SUITE_HEAD}casse: []\ncases: [{name: c, run: [a]}]\n`, 'a.yaml'),
    );
    expect(one.message).toBe('The suite a.yaml has a mistake.');
    const two = catchError(() => parseSuite('version: 1\nname: s\n', 'a.yaml'));
    expect(two.message).toBe('The suite a.yaml has 2 mistakes.');
    expect(two.diagnostics.map(({ message }) => message)).toEqual([
      'the suite has no "subject"',
      '"cases" is missing',
    ]);
  });

  it('are those of its lanes, too, by whoever knows what lanes there are', () => {
    const asked: string[] = [];
    const checkLane = (spec: string) => {
      asked.push(spec);
      return spec === 'vmm' ? { message: 'no such lane', hint: 'vm' } : undefined;
    };
    const lanes = 'lanes: [native, vmm, 1, "", " "]\n';
    const mistakes = listMistakes(`${SUITE_HEAD}${lanes}cases: [{name: c, run: [a]}]\n`, 'a.yaml', {
      checkLane,
    });
    expect(asked).toEqual(['native', 'vmm']);
    expect(mistakes).toContain('4:17 "lanes[1]" no such lane (vm)');
    expect(listMistakes('- 1\n', 'a.yaml', { checkLane })).toHaveLength(1);
    expect(
      parseSuite(`${SUITE_HEAD}lanes: [native]\ncases: [{name: c, run: [a]}]\n`, 'a.yaml', {
        checkLane,
      }).lanes,
    ).toEqual(['native']);
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
