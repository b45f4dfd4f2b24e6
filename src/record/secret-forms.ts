/** Shorter values stand in too many innocent places to be replaced. */
export const MIN_SECRET_LENGTH = 4;
/** A line of a secret of several lines is looked for by itself from this length on. */
const MIN_LINE_LENGTH = 8;
/** A piece of base64 that short would be found by chance. */
const MIN_PIECE_LENGTH = 4;

/** Whether a value is long enough to be looked for; blanks around it do not count. */
export function isFindable(secret: string): boolean {
  return secret.trim().length >= MIN_SECRET_LENGTH;
}

/**
 * The ways in which programs print a secret: as it is, in base64 (alone or within something longer),
 * URL-encoded, JSON-escaped, with bytes in octal; and the single lines of one that has several, because diffs and logs
 * put something before each. A newline that a secret's file ended with does not matter. Longest
 * first, so that the whole is found before its parts.
 */
export function listSecretForms(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/u);
  const longLines = lines.length > 1 ? lines.filter((line) => line.length >= MIN_LINE_LENGTH) : [];
  const forms = [secret, secret.trim(), ...longLines].flatMap((value) => [
    value,
    ...base64Forms(value),
    ...urlForms(value),
    ...jsonForms(value),
    ...octalForms(value),
  ]);
  return [...new Set(forms)]
    .filter((form) => form.length >= MIN_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length);
}

function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const whole = bytes.toString('base64');
  // The characters that depend on the secret alone when 0, 1 or 2 bytes stand before it.
  const pieces = [0, 1, 2]
    .map((before) => {
      const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
      const first = Math.ceil((8 * before) / 6);
      return text.slice(first, Math.floor((8 * (before + bytes.length)) / 6));
    })
    .filter((piece) => piece.length >= MIN_PIECE_LENGTH);
  return [whole, whole.replace(/=+$/u, ''), ...pieces].flatMap((form) => [
    form,
    form.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
}

function urlForms(value: string): readonly string[] {
  const component = encodeURIComponent(value.toWellFormed());
  // encodeURIComponent leaves !'()* alone, RFC 3986 encoders do not.
  const strict = component.replace(
    /[!'()*]/gu,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return [component, strict].flatMap((form) => {
    const spaces = form.replaceAll('%20', '+');
    return [form, spaces, lowerHex(form), lowerHex(spaces)];
  });
}

function lowerHex(form: string): string {
  return form.replace(/%[0-9A-F]{2}/gu, (code) => code.toLowerCase());
}

function jsonForms(value: string): readonly string[] {
  const escaped = JSON.stringify(value).slice(1, -1);
  // Python and PHP write only ASCII unless told otherwise; PHP escapes slashes too.
  const ascii = escaped.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [escaped, ascii, escaped.replaceAll('/', '\\/'), ascii.replaceAll('/', '\\/')];
}

/** Bytes that strace(1) writes as C does. */
const LETTERS: ReadonlyMap<number, string> = new Map(
  Object.entries({
    '\t': 't',
    '\n': 'n',
    '\v': 'v',
    '\f': 'f',
    '\r': 'r',
    '"': '"',
    '\\': '\\',
  }).map(([char, letter]) => [char.charCodeAt(0), `\\${letter}`]),
);

/**
 * With bytes that cannot be printed in octal: as strace(1) writes them, with three digits where a digit follows; with
 * three everywhere, as git does; and as QEMU does, without any other escape (print_buf of its linux-user/strace.c).
 */
function octalForms(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const octal = (byte: number, digits: number): string =>
    `\\${byte.toString(8).padStart(digits, '0')}`;
  const write = (escape: (byte: number, next: number | undefined) => string | undefined): string =>
    Array.from(bytes, (byte, place) => {
      const escaped = escape(byte, bytes[place + 1]);
      return escaped ?? (isPrintable(byte) ? String.fromCharCode(byte) : octal(byte, 1));
    }).join('');
  const isOctal = (byte: number | undefined): boolean =>
    byte !== undefined && byte >= 0x30 && byte <= 0x37;
  return [
    write(
      (byte, next) =>
        LETTERS.get(byte) ?? (isPrintable(byte) || !isOctal(next) ? undefined : octal(byte, 3)),
    ),
    write((byte) => LETTERS.get(byte) ?? (isPrintable(byte) ? undefined : octal(byte, 3))),
    write(() => undefined),
  ];
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}
