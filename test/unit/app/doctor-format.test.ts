import { describe, expect, it } from 'vitest';
import type { Check, DoctorReport } from '../../../src/app/doctor.ts';
import { formatCheck, formatSummary, localeIsUtf8 } from '../../../src/cli/doctor-report/text.ts';

const CRUN: Check = {
  id: 'crun',
  title: 'crun',
  state: 'failed',
  found: 'it said “no\n\u001b[31m”',
  effect: 'images cannot be run; binaries can',
  fix: { text: 'Install it.', command: 'sudo apt install crun' },
};
const REPORT: DoctorReport = {
  ready: true,
  platform: 'linux/arm64',
  host: 'linux/amd64',
  modes: {
    native: { possible: true, how: 'namespaces' },
    binaries: { possible: true, how: 'private binfmt_misc' },
    images: { possible: false, how: 'crun: missing' },
  },
  checks: [
    CRUN,
    {
      id: 'umoci',
      title: 'umoci',
      state: 'failed',
      found: 'not tried: there are no user namespaces',
      effect: 'lost',
    },
  ],
};

describe('the text of doctor', () => {
  it('is one line a check, and cannot drive the terminal', () => {
    expect(formatCheck(CRUN, { color: false, ascii: false })).toBe(
      '✗ crun                 it said “no [31m”\n',
    );
  });

  it('is ASCII without a UTF-8 locale', () => {
    const line = formatCheck(CRUN, { color: false, ascii: true });
    expect(line).toBe('x crun                 it said ?no [31m?\n');
    expect(
      formatCheck(
        { ...CRUN, state: 'ok', found: 'the host handler’s' },
        { color: false, ascii: true },
      ),
    ).toContain("handler's");
  });

  it('colours the mark alone', () => {
    expect(formatCheck(CRUN, { color: true, ascii: false })).toMatch(
      /^\u001b\[31m✗\u001b\[39m crun/,
    );
  });

  it('says what is possible and how to mend the rest, each once', () => {
    expect(formatSummary(REPORT, { color: false, ascii: false })).toBe(`
native:    yes (namespaces)
binaries:  yes (private binfmt_misc)
images:    no (crun: missing)

To mend:
  crun: images cannot be run; binaries can.
    Install it.
      sudo apt install crun
`);
  });

  it('follows the locale’s own precedence', () => {
    expect(localeIsUtf8({ LANG: 'en_GB.UTF-8' })).toBe(true);
    expect(localeIsUtf8({ LANG: 'C.utf8', LC_ALL: 'C' })).toBe(false);
    expect(localeIsUtf8({ LANG: 'C', LC_CTYPE: 'C.UTF-8', LC_ALL: '' })).toBe(true);
    expect(localeIsUtf8({})).toBe(false);
  });
});
