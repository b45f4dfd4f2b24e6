// Cases with a service and with a further container, for suites on debian-tools that other tests write.
import { image } from './cli.ts';

const HTTPD = ['busybox', 'httpd', '-f', '-p', '80', '-h', '/etc'];

export const SERVICE_CASES: readonly object[] = [
  {
    name: 'service',
    service: {
      start: { run: HTTPD },
      ready: { port: 80 },
      requests: [{ http: { path: '/debian_version' } }, { run: 'id; cat /etc/hosts' }],
    },
    compare: ['exit', 'stdout', 'files', 'responses'],
  },
  {
    name: 'pair',
    run: ['busybox', 'wget', '-q', '-O', '-', 'http://web/hosts'],
    with: { web: { image: image('debian-tools'), args: HTTPD, ready: { port: 80 } } },
  },
];
