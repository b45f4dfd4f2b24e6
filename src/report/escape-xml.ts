import { stripVTControlCharacters } from 'node:util';

/**
 * What XML 1.0 forbids ("2.2 Characters") and the C1 controls that it discourages: no escape can
 * stand for it, so it is left out. Newline, tab and carriage return stay.
 */
const FORBIDDEN = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  // A parser turns a bare one into a newline ("2.11 End-of-Line Handling").
  ['\r', '&#13;'],
  // In attributes a parser turns these into blanks ("3.3.3 Attribute-Value Normalization").
  ['\n', '&#10;'],
  ['\t', '&#9;'],
]);

/** Text content: terminal sequences and forbidden characters are left out. */
export function escapeXmlText(text: string): string {
  return stripControl(text).replace(/[&<>\r]/g, escapeCharacter);
}

/** The value of an attribute, between double quotes. */
export function escapeXmlAttribute(text: string): string {
  return stripControl(text).replace(/[&<>"\r\n\t]/g, escapeCharacter);
}

/** Attributes with a blank before each; one that is `undefined` is left out. */
export function formatAttributes(
  attributes: Readonly<Record<string, string | number | undefined>>,
): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeXmlAttribute(String(value))}"`)
    .join('');
}

function stripControl(text: string): string {
  return stripVTControlCharacters(text).replace(FORBIDDEN, '');
}

function escapeCharacter(character: string): string {
  return ESCAPES.get(character) ?? character;
}
