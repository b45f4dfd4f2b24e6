import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openReportFile } from '../../../src/app/report-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'report-file-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('openReportFile', () => {
  it('writes what it is given', () => {
    const file = join(directory, 'report.txt');
    const report = openReportFile(file);
    report.write('one\n');
    report.write('two\n');
    report.close();
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  });

  it('tells a wrong name from a full disk', () => {
    expect(() => openReportFile(directory)).toThrow(
      expect.objectContaining({ code: 'REPORT_UNWRITABLE', exitCode: 2 }) as Error,
    );
    const report = openReportFile('/dev/full');
    expect(() => {
      report.write('text');
    }).toThrow(expect.objectContaining({ code: 'REPORT_UNWRITABLE', exitCode: 3 }) as Error);
    report.close();
  });
});
