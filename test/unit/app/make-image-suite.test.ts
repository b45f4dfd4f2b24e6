import { describe, expect, it } from 'vitest';
import { suiteName } from '../../../src/app/make-image-suite.ts';
import { parseReference } from '../../../src/image/index.ts';

describe('suiteName', () => {
  it.each([
    ['oci:build/images/debian-tools:latest', 'debian-tools'],
    ['oci:build/app', 'app'],
    ['oci-archive:out/app.tar', 'app'],
    ['docker-archive:/tmp/app-1.2.tar:app:1.2', 'app-1.2'],
    ['dir:/srv/root', 'root'],
    ['docker://docker.io/library/nginx:1.25', 'nginx'],
    ['localhost:5000/team/app', 'app'],
    ['dir:/', 'image'],
  ])('%s is %s', (text, name) => {
    const reference = parseReference(text);
    expect(reference.kind === 'image' && suiteName(reference)).toBe(name);
  });
});
