/** Names of `--ulimit` (docker/go-units, ulimit.go) by those in /proc/PID/limits. */
const ULIMITS: Readonly<Record<string, string>> = {
  'Max core file size': 'core',
  'Max cpu time': 'cpu',
  'Max data size': 'data',
  'Max file size': 'fsize',
  'Max file locks': 'locks',
  'Max locked memory': 'memlock',
  'Max msgqueue size': 'msgqueue',
  'Max nice priority': 'nice',
  'Max open files': 'nofile',
  'Max processes': 'nproc',
  'Max resident set': 'rss',
  'Max realtime priority': 'rtprio',
  'Max realtime timeout': 'rttime',
  'Max pending signals': 'sigpending',
  'Max stack size': 'stack',
};

/** `NAME=SOFT:HARD` words of a /proc/PID/limits. */
export function readUlimits(text: string): string[] {
  const number = (word: string): string => (word === 'unlimited' ? '-1' : word);
  return text.split('\n').flatMap((line) => {
    const [, name = '', soft = '', hard = ''] = /^(.*?) {2,}(\S+) +(\S+)/.exec(line) ?? [];
    const ulimit = ULIMITS[name];
    return ulimit === undefined ? [] : [`${ulimit}=${number(soft)}:${number(hard)}`];
  });
}
