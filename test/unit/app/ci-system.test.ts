import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findCi, reportersFor } from '../../../src/app/ci-system.ts';
import { parseReporterRequests } from '../../../src/app/reporter-request.ts';
import { useTempDirectory } from '../record/record-files.ts';

const path = useTempDirectory();

describe('findCi', () => {
  it.each([
    [{ GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: '/w/app' }, 'github', '/w/app'],
    [{ GITLAB_CI: 'true', CI_PROJECT_DIR: '/builds/a/b' }, 'gitlab', '/builds/a/b'],
    [{ BUILDKITE: 'true', BUILDKITE_BUILD_CHECKOUT_PATH: '/b' }, 'buildkite', '/b'],
    [{ CIRCLECI: 'true', CIRCLE_WORKING_DIRECTORY: '~/project' }, 'circleci', undefined],
    [{ JENKINS_URL: 'https://ci.example/', WORKSPACE: '/j' }, 'jenkins', '/j'],
  ])('knows %j', (env, name, sourceRoot) => {
    expect(findCi(env)).toEqual({ name, ...(sourceRoot === undefined ? {} : { sourceRoot }) });
  });

  it('takes no system for one because a variable is empty or false, or CI is set', () => {
    expect(findCi({ GITHUB_ACTIONS: '', GITLAB_CI: 'false', CI: 'true' })).toBeUndefined();
  });

  it('takes the summary of a step only where it is', () => {
    const file = path('summary.md');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file };
    expect(findCi(env)).not.toHaveProperty('summaryFile');
    writeFileSync(file, '');
    expect(findCi(env)).toMatchObject({ summaryFile: file });
    expect(findCi({ GITLAB_CI: 'true', GITHUB_STEP_SUMMARY: file })).toEqual({ name: 'gitlab' });
  });
});

describe('reportersFor', () => {
  it('gives GitHub annotations and its summary, others a JUnit file beside the record', () => {
    expect(reportersFor({ name: 'github', summaryFile: '/s' })).toEqual([
      { name: 'github' },
      { name: 'markdown', file: '/s' },
    ]);
    expect(reportersFor({ name: 'github' })).toEqual([{ name: 'github' }]);
    expect(reportersFor({ name: 'jenkins' })).toEqual([
      { name: 'junit', besideRecord: 'junit.xml' },
    ]);
  });

  it('is asked only where no reporter was', () => {
    const ci = { name: 'gitlab' } as const;
    expect(parseReporterRequests([], { ci }).map(({ name }) => name)).toEqual(['live', 'junit']);
    expect(parseReporterRequests(['tap'], { ci })).toEqual([{ name: 'tap' }]);
  });
});
