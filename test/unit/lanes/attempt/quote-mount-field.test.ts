import { describe, expect, it } from 'vitest';
import { quoteMountField } from '../../../../src/lanes/attempt/quote-mount-field.ts';

describe('quoteMountField', () => {
  it.each([
    ['src=/a b', 'src=/a b'],
    ['src=/a,b', '"src=/a,b"'],
    ['src=/a"b', '"src=/a""b"'],
  ])('%s is %s', (field, quoted) => {
    expect(quoteMountField(field)).toBe(quoted);
  });
});
