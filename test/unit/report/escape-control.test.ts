import { describe, expect, it } from 'vitest';

import { escapeControl, escapeControlInLines } from '../../../src/report/escape-control.ts';
import { escapeXmlAttribute, escapeXmlText } from '../../../src/report/escape-xml.ts';

describe('escapeControl', () => {
  it('writes out what could drive a terminal', () => {
    expect(escapeControl('\u001b[2J\u0007\u009b\u007f a\tb\r\n')).toBe(
      '\\x1b[2J\\x07\\x9b\\x7f a\\tb\\r\\n',
    );
    expect(escapeControl('user\u202egpj.exe\u200b\u2028\ud800')).toBe(
      'user\\u{202e}gpj.exe\\u{200b}\\u{2028}\\u{d800}',
    );
  });

  it('leaves readable text alone', () => {
    expect(escapeControl('größe 大小 🙂 \\n')).toBe('größe 大小 🙂 \\n');
  });

  it('keeps lines and tabs where lines are wanted', () => {
    expect(escapeControlInLines('a\tb\n\u001b[0m\r\n')).toBe('a\tb\n\\x1b[0m\\r\n');
  });
});

describe('escapeXml', () => {
  it('leaves out what XML cannot hold', () => {
    expect(escapeXmlText('\u001b[31mred\u001b[0m\u0000\ufffe\ud800 <&>"\r\n')).toBe(
      'red &lt;&amp;&gt;"&#13;\n',
    );
    expect(escapeXmlAttribute('a\n\t"b"')).toBe('a&#10;&#9;&quot;b&quot;');
  });
});
