import { describe, expect, it } from 'vitest';
import { formatDiagnostics, parseSuite } from '../../../src/suite/index.ts';
import { catchError } from './list-mistakes.ts';

const SUITE = `version: 1
name: app
subject:
  image: oci:build/app:1.2
cases:
  - name: prints its version
    run: [app, --version]
    tiemout: 10s
    expect:
      exit: 300
`;

describe('formatDiagnostics', () => {
  it('prints place, message, frame and hint', () => {
    const error = catchError(() => parseSuite(SUITE, 'suites/app.yaml'));
    expect(error.message).toBe('The suite suites/app.yaml has 2 mistakes.');
    expect(formatDiagnostics(error.diagnostics)).toBe(
      `suites/app.yaml:8:5: unknown key "tiemout" in a case
  6 |   - name: prints its version
  7 |     run: [app, --version]
> 8 |     tiemout: 10s
    |     ^^^^^^^
  9 |     expect:
  hint: did you mean "timeout"?

suites/app.yaml:10:13: "exit" must be an exit code from 0 to 255, not 300
   8 |     tiemout: 10s
   9 |     expect:
> 10 |       exit: 300
     |             ^^^`,
    );
  });

  it('does without a frame and a hint', () => {
    const position = { file: 'a.ts', line: 1, column: 1 };
    expect(formatDiagnostics([{ position, message: 'm' }])).toBe('a.ts:1:1: m');
    expect(formatDiagnostics([])).toBe('');
  });
});
