import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readImageTarget } from '../../../src/app/image-target.ts';

const directory = mkdtempSync(join(tmpdir(), 'image-target-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('readImageTarget', () => {
  it('takes images, wherever they lie', () => {
    expect(readImageTarget('oci:build/app:1').transport).toBe('oci');
    expect(readImageTarget('nginx').transport).toBe('name');
  });

  it('says of a path what is there, and how an image in it is written', () => {
    const file = join(directory, 'app.tar');
    writeFileSync(file, '');
    symlinkSync('loop', join(directory, 'loop'));
    for (const path of ['gone', 'loop', 'x'.repeat(300)])
      expect(() => readImageTarget(join(directory, path))).toThrow(
        expect.objectContaining({ code: 'IMAGE_NOT_FOUND', exitCode: 2 }) as Error,
      );
    expect(() => readImageTarget(directory)).toThrow(
      expect.objectContaining({
        code: 'IMAGE_IS_DIRECTORY',
        exitCode: 2,
        advice: expect.stringContaining(`oci:${directory}`) as string,
      }) as Error,
    );
    expect(() => readImageTarget(file)).toThrow(
      expect.objectContaining({
        code: 'IMAGE_IS_BINARY',
        exitCode: 2,
        advice: expect.stringContaining(`docker-archive:${file}`) as string,
      }) as Error,
    );
  });
});
