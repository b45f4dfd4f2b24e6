import { describe, expect, it } from 'vitest';
import { parseSuite } from '../../../src/suite/index.ts';
import { suiteWithCase } from './list-mistakes.ts';

const caseOf = (keys: string) => parseSuite(suiteWithCase(keys), '/s.yaml').cases[0];

describe('inspections of an image', () => {
  it('look at the paths that files expect', () => {
    const files =
      '[{path: /a, mode: "755", uid: 0, gid: 5, executableBy: any, permissions: -rwxr-xr-x}]';
    expect(caseOf(`inspect: paths\nexpect: {files: ${files}}`)).toMatchObject({
      command: { kind: 'inspect', what: 'paths' },
      compare: ['files'],
      normalize: ['arch', 'time'],
      expect: {
        files: [
          {
            path: '/a',
            mode: '0755',
            uid: 0,
            gid: 5,
            executableBy: 'any',
            permissions: '-rwxr-xr-x',
          },
        ],
      },
    });
  });

  it('expect values of the config as text or as expectation, or nothing', () => {
    const config =
      '{env: {A: b, C: {matches: d}, E: false}, ports: {8080: true}, cmd: [], user: app}';
    expect(caseOf(`inspect: config\nexpect: {config: ${config}}`)).toMatchObject({
      compare: ['exit', 'stdout'],
      expect: {
        config: {
          env: { A: { equals: 'b' }, C: { matches: 'd' }, E: false },
          ports: { 8080: true },
          cmd: [],
          user: 'app',
        },
      },
    });
  });
});
