import { describe, expect, it } from 'vitest';
import { suggestKey } from '../../../src/suite/nearest-key.ts';

describe('suggestKey', () => {
  it('knows the words of other tools and keys one level too high', () => {
    expect(suggestKey('command', ['run', 'name'])).toBe('did you mean "run"?');
    expect(suggestKey('stderr', ['expect'])).toBe('"stderr" belongs under "expect"');
    expect(suggestKey('zebra', ['run', 'name'])).toBe('the keys here are run, name');
  });
});
