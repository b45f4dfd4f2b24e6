import { describe, expect, it } from 'vitest';
import { commonProgramName, isInside } from '../../../../src/lanes/attempt/subject.ts';

describe('commonProgramName', () => {
  it.each([
    [['/a/app', '/b/app'], 'app'],
    [['/a/app-amd64'], 'app-amd64'],
    [['app-amd64', 'app-arm64'], 'app'],
    [['app.x86_64', 'app.aarch64'], 'app'],
    [['app_linux_amd64', 'app_linux_arm64'], 'app'],
    [['app-linux-x86_64', 'app-linux-aarch64'], 'app'],
    [['schema_x86_64', 'schema_aarch64'], 'schema'],
    [['lambda-x86-64', 'lambda-arm64'], 'lambda'],
    [['amd64', 'arm64'], 'subject'],
    [['app-amd64.bin', 'app-arm64.bin'], 'app'],
    [['tool', 'tool-arm64'], 'tool'],
    [['my-tool-amd64', 'my-tool-armhf', 'my-tool-riscv64'], 'my-tool'],
    [['one', 'two'], 'subject'],
    [['x/build', 'y/built'], 'buil'],
    [[], 'subject'],
  ])('of %j is %s', (paths, name) => {
    expect(commonProgramName(paths)).toBe(name);
  });
});

describe('isInside', () => {
  it.each([
    ['/a/b', '/a', true],
    ['/a', '/a', true],
    ['/ab', '/a', false],
    ['/anything', '/', true],
    ['/a', '/a/b', false],
  ])('%s in %s: %s', (path, directory, inside) => {
    expect(isInside(path, directory)).toBe(inside);
  });
});
