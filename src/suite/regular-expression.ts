import { RE2JS } from 're2js';
import { errorMessage } from '../core/index.ts';
import { type Problem, quoteText } from './mistake.ts';

/** Says why a text is no RE2 regular expression. */
export function findRegularExpressionProblem(text: string): Problem | undefined {
  try {
    RE2JS.compile(text);
    return undefined;
  } catch (thrown) {
    const reason = errorMessage(thrown).replace(/^error parsing regexp: /, '');
    const message = `is no RE2 regular expression: ${quoteText(text)} has ${readReason(reason)}`;
    if (/\(\?(?:[=!]|<[=!])/.test(text)) {
      return { message, hint: 'RE2 has no look-ahead and no look-behind' };
    }
    if (/\\[1-9]/.test(text)) return { message, hint: 'RE2 has no back-references' };
    if (reason.startsWith('missing closing )') || reason.startsWith('unexpected )')) {
      return { message, hint: 'write \\( and \\) for the characters themselves' };
    }
    return { message };
  }
}

/** Puts an article before RE2's reason: "missing closing )", "invalid escape sequence". */
function readReason(reason: string): string {
  const oneLine = reason.replaceAll(/\p{Cc}/gu, '\u{fffd}');
  return `${/^[aeiou]/.test(oneLine) ? 'an' : 'a'} ${oneLine}`;
}
