import { PLACEHOLDER, rewriteMatches, type NormaliseContext, type Rewriter } from './rewriter.ts';

const DAY_MS = 86_400_000;
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const WEEKDAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const CLOCK = String.raw`(?:[01]?\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d{1,9})?`;
const MINUTES = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`;
const OFFSET = String.raw`[+-]\d\d:?\d\d`;
const DATE = String.raw`\d{4}(?<separator>[-/])(?:0[1-9]|1[0-2])\k<separator>(?:0[1-9]|[12]\d|3[01])`;

/** Forms of a moment, the longest first. */
const STAMP = [
  // ISO 8601 and RFC 3339, also with a blank or slashes (Go's log, nginx).
  String.raw`${DATE}[T ](?:${CLOCK}|${MINUTES})(?: ?(?:Z|UTC|${OFFSET}))?`,
  String.raw`\d{8}T\d{6}Z?`,
  // RFC 2822, HTTP.
  String.raw`(?:${WEEKDAY}, )?\d{1,2} ${MONTH} \d{4} (?:${CLOCK}|${MINUTES})(?: (?:${OFFSET}|[A-Z]{3,4}))?`,
  // date(1) in the C and en_US locales, asctime(3).
  String.raw`${WEEKDAY} {1,2}${MONTH} {1,2}\d{1,2} ${CLOCK}(?: [AP]M)?(?: (?:[A-Z]{2,5}|${OFFSET}))? \d{4}`,
  String.raw`${WEEKDAY} \d{1,2} ${MONTH} \d{4} ${CLOCK}(?: [AP]M)?(?: (?:[A-Z]{2,5}|${OFFSET}))?`,
  // Apache and nginx access logs; syslog.
  String.raw`\d\d/${MONTH}/\d{4}:${CLOCK}(?: ${OFFSET})?`,
  String.raw`${MONTH} {1,2}\d{1,2} ${CLOCK}`,
  CLOCK,
].join('|');

const EPOCH = String.raw`(?:\d{10}|\d{13}|\d{16}|\d{19})(?:\.\d{1,9})?`;

const UNIT = String.raw` ?(?:ns|us|µs|μs|ms|[nµμum]?secs?|(?:nano|micro|milli)?seconds?|minutes?)`;
const NUMBER = String.raw`\d{1,12}(?:\.\d{1,12})?`;
const DURATION = [
  // Go, time(1) of a shell: 1h2m3.5s, 0m0.012s.
  String.raw`(?:\d{1,4}h)?(?:\d{1,6}m)?${NUMBER}s`,
  // GNU time: 0.01user 0.00system 0:00.05elapsed.
  String.raw`\d{1,6}\.\d\d(?:user|system)|\d{1,4}:\d\d\.\d\delapsed`,
  String.raw`\d{1,12}\.\d{1,12} s`,
  NUMBER + UNIT,
].join('|');

/** A duration may be padded to a column: the blanks before it are part of how long it is. */
const PATTERN = new RegExp(
  String.raw`(?<![\w:./-])(?:(?<stamp>${STAMP})|(?<date>${DATE.replaceAll('separator', 'mark')})|(?<epoch>${EPOCH}))(?![\w:]|[-./](?:\d|${PLACEHOLDER}))` +
    String.raw`|(?:(?<padding>(?<![ \t])[ \t]+)|(?<![\w:./-]))(?<duration>${DURATION})(?![\w:]|\.(?:\d|${PLACEHOLDER}))`,
  'g',
);

/**
 * Hides moments and durations. A stamp counts when its year is between 2000 and the next one (1901,
 * 1970 and 2038 are faults that must show); a date without a clock and an epoch count only within two
 * days of `today`. Version numbers and plain integers stay.
 */
export function createTimeRewriter(context: NormaliseContext): Rewriter {
  const today = context.today === undefined ? undefined : Date.parse(`${context.today}T00:00:00Z`);
  return {
    name: 'time',
    rewrite: (text) =>
      rewriteMatches(text, PATTERN, (match, groups) => {
        if (groups['duration'] !== undefined) {
          return `${groups['padding'] === undefined ? '' : ' '}<duration>`;
        }
        if (groups['stamp'] !== undefined) {
          return isPlausibleStamp(match, today) ? '<time>' : undefined;
        }
        if (today === undefined) return undefined;
        const moment =
          groups['epoch'] === undefined
            ? Date.parse(match.replaceAll('/', '-'))
            : epochToMs(groups['epoch']);
        return Math.abs(moment - today) <= 2 * DAY_MS ? '<time>' : undefined;
      }),
  };
}

function isPlausibleStamp(stamp: string, today: number | undefined): boolean {
  const year = /(?<![\d.,])\d{4}/.exec(stamp)?.[0];
  if (year === undefined) return true;
  const latest = today === undefined ? 2037 : new Date(today).getUTCFullYear() + 1;
  return Number(year) >= 2000 && Number(year) <= latest;
}

/** Seconds, milli-, micro- or nanoseconds since 1970 by their number of digits. */
function epochToMs(digits: string): number {
  const whole = digits.split('.', 1)[0] ?? '';
  return Number(digits) / 10 ** (whole.length - 13);
}
