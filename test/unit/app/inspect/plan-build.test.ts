import { describe, expect, it } from 'vitest';
import { planBuild, type BuildOptions } from '../../../../src/app/inspect/plan-build.ts';
import { readDockerfile } from '../../../../src/app/inspect/read-dockerfile.ts';

const plan = (text: string, options: Partial<BuildOptions> = {}) =>
  planBuild(readDockerfile(text), {
    file: 'Dockerfile',
    platforms: ['linux/amd64', 'linux/arm64'],
    buildPlatform: 'linux/amd64',
    buildArgs: {},
    ...options,
  });

const uses = (text: string, options: Partial<BuildOptions> = {}): string[] =>
  plan(text, options).uses.map(
    ({ position, user, image, mayRunOn }) =>
      `${String(position.line)} ${user}: ${image} for ${mayRunOn.map((p) => p.slice(6)).join(' ')}`,
  );
const remarks = (text: string, options: Partial<BuildOptions> = {}): string[] =>
  plan(text, options).remarks.map(({ severity, message }) => `${severity}: ${message}`);

describe('planBuild', () => {
  it('asks the base of a plain file for every platform', () => {
    expect(uses('FROM debian:13\nRUN true\n')).toEqual(['1 stage 0: debian:13 for amd64 arm64']);
  });

  it('knows the platform of stages that run on the building machine', () => {
    const text = `
FROM --platform=$BUILDPLATFORM golang:1 AS build
RUN --mount=type=bind,from=tools:2,target=/t go build
FROM scratch
COPY --from=build /app /app
COPY --from=certs:1 /etc/ssl /etc/ssl
`;
    expect(uses(text)).toEqual([
      '2 stage build: golang:1 for amd64',
      '3 stage build, copied from: tools:2 for amd64',
      '6 stage 1, copied from: certs:1 for amd64 arm64',
    ]);
    expect(uses(text, { buildPlatform: 'linux/arm64' })[0]).toBe(
      '2 stage build: golang:1 for arm64',
    );
  });

  it('replaces ARGs before FROM, the platform words and --build-arg', () => {
    const text =
      'ARG V=12 REPO\nARG BASE=debian:${V}\nFROM $BASE AS base-amd64\nFROM ${REPO:-alpine}:3 AS base-arm64\nFROM base-${TARGETARCH}\n';
    expect(uses(text)).toEqual([
      '3 stage base-amd64: debian:12 for amd64',
      '4 stage base-arm64: alpine:3 for arm64',
    ]);
    expect(uses(text, { buildArgs: { BASE: 'own:1' } })[0]).toBe(
      '3 stage base-amd64: own:1 for amd64',
    );
    expect(remarks('ARG BASE\nFROM $BASE\n')).toEqual([
      'warning: stage 0: BASE has no value, so its image is not known (--build-arg)',
    ]);
  });

  it('leaves out stages that the result does not need', () => {
    const text = 'FROM one AS a\nFROM two AS b\nFROM a AS c\nCOPY --from=0 /x /x\n';
    expect(uses(text)).toEqual(['1 stage a: one for amd64 arm64']);
    expect(uses(text, { target: 'B' })).toEqual(['2 stage b: two for amd64 arm64']);
  });

  it('finds results that are pinned to another platform', () => {
    expect(remarks('FROM --platform=linux/amd64 debian\n')).toEqual([
      'error: stage 0 is pinned to linux/amd64, so the image for linux/arm64 holds programs for linux/amd64',
    ]);
    expect(remarks('FROM --platform=linux/amd64 a AS x\nFROM x AS y\nFROM y\n')[0]).toMatch(
      /^error: stage x is pinned/,
    );
    const forgotten = 'FROM --platform=$BUILDPLATFORM a AS x\nFROM x\n';
    expect(remarks(forgotten)).toEqual([
      'error: stage x stands on $BUILDPLATFORM, so the image for linux/arm64 holds programs for linux/amd64',
    ]);
    expect(remarks(forgotten, { mayBuildElsewhere: true })[0]).toMatch(
      /^warning: .* when it is built on linux\/amd64$/,
    );
    expect(remarks('FROM --platform=$BUILDPLATFORM scratch\n')).toEqual([]);
    // A stage that only builds may.
    const helper = 'FROM --platform=linux/arm64 a AS x\nFROM b\nCOPY --from=x /y /y\n';
    expect(remarks(helper)).toEqual(['note: stage x is pinned to linux/arm64: it runs emulated']);
    expect(remarks(helper, { buildPlatform: 'linux/arm64' })).toEqual([]);
    expect(remarks('FROM --platform=plan9/mips a\n')).toEqual([
      'warning: stage 0: the platform "plan9/mips" is not known',
    ]);
  });
});

describe('readDockerfile', () => {
  it('reads continuations, comments, here-documents and the escape directive', () => {
    const text = [
      '# syntax=docker/dockerfile:1',
      '# escape=`',
      '',
      '# a comment',
      'from `',
      '# between',
      '  --platform=$TARGETPLATFORM `',
      '  "debian:13" as Base',
      "RUN cat <<'EOF' && true",
      'FROM nothing',
      'EOF',
      'COPY <<-A <<B /x/',
      'FROM nothing',
      'A',
      'FROM nothing',
      'B',
      'FROM alpine',
    ].join('\r\n');
    expect(readDockerfile(text).stages).toEqual([
      {
        base: { text: 'debian:13', line: 5 },
        name: 'base',
        platform: '$TARGETPLATFORM',
        sources: [],
        exposed: [],
      },
      { base: { text: 'alpine', line: 17 }, sources: [], exposed: [] },
    ]);
  });
});
