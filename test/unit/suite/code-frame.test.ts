import { describe, expect, it } from 'vitest';
import { renderCodeFrame } from '../../../src/suite/code-frame.ts';

describe('renderCodeFrame', () => {
  it('shows the lines around and carets under the span', () => {
    const lines = ['one', 'two', 'three', '\tfour: 4', 'five', 'six'];
    expect(renderCodeFrame(lines, 4, { start: 1, end: 5 })).toBe(
      ['  2 | two', '  3 | three', '> 4 |  four: 4', '    |  ^^^^', '  5 | five'].join('\n'),
    );
  });

  it('aligns line numbers of different width', () => {
    const lines = Array.from({ length: 10 }, (_, index) => `line ${index + 1}`);
    expect(renderCodeFrame(lines, 9, { start: 0, end: 4 })).toContain(
      '>  9 | line 9\n     | ^^^^\n',
    );
  });

  it('cuts long lines around the span', () => {
    const line = `${'a'.repeat(5000)}HERE${'b'.repeat(5000)}`;
    const frame = renderCodeFrame([line], 1, { start: 5000, end: 5004 });
    const [text = '', carets = ''] = frame.split('\n');
    expect(text.length).toBeLessThan(120);
    expect(text.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('HERE');
  });

  it('lets nothing act on the terminal', () => {
    const frame = renderCodeFrame(['a\u001b[31mred\u202e'], 1, { start: 0, end: 1 });
    expect(frame).not.toMatch(/[\u001b\u202e]/);
  });

  it('puts one caret behind the last character for a span past the end', () => {
    expect(renderCodeFrame(['ab'], 1, { start: 2, end: 9 })).toBe('> 1 | ab\n    |   ^');
  });
});
