// Debian's docker-registry on loopback, with its files below a directory of the test run.
import { lookup } from 'node:dns/promises';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Registry {
  /** `localhost:PORT`; with TLS the name of this machine, as loopback needs none. */
  readonly host: string;
  /** With TLS: the file of the certificate that vouches for it. */
  readonly certificate?: string;
  /** Copies an image with all its platforms. */
  push(reference: string, name: string, ...flags: readonly string[]): void;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** With TLS, by a certificate of its own. */
  readonly tls?: boolean;
  /** Only for {@link LOGIN}. */
  readonly private?: boolean;
}

/** Who may use a private registry. */
export const LOGIN = { name: 'reader', password: 'secret' } as const;
/** The password as bcrypt writes it: htpasswd(1), `-B`. */
const HTPASSWD = `${LOGIN.name}:$2b$04$5GwZGTVbEmBi3KlNg//If.LDnpVXi22c8iIu/dRPINzVJ8x6E/yCC\n`;

async function findPort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const found = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (found === null || typeof found === 'string') throw new Error('there is no port');
  return found.port;
}

function makeCertificate(directory: string, name: string): string {
  const certificate = join(directory, 'registry.crt');
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
      ...['-addext', `subjectAltName=DNS:${name}`],
      ...['-keyout', join(directory, 'registry.key'), '-out', certificate],
    ],
    { stdio: 'ignore' },
  );
  return certificate;
}

async function isListening(host: string): Promise<boolean> {
  const { hostname: name, port } = new URL(`http://${host}`);
  return new Promise((resolve) => {
    const socket = connect(Number(port), name);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Starts a registry, without TLS and for everybody unless told otherwise. */
export async function startRegistry(
  parent: string,
  { tls = false, private: isPrivate = false }: RegistryOptions = {},
): Promise<Registry> {
  const directory = mkdtempSync(join(parent, 'registry-'));
  chmodSync(directory, 0o755);
  const name = tls ? hostname() : 'localhost';
  const { address } = await lookup(name, { family: 4 });
  const host = `${name}:${String(await findPort(address))}`;
  const certificate = tls ? makeCertificate(directory, name) : undefined;
  const config = join(directory, 'config.yml');
  const files =
    certificate === undefined
      ? ''
      : `, tls: {certificate: ${certificate}, key: ${join(directory, 'registry.key')}}`;
  writeFileSync(join(directory, 'htpasswd'), HTPASSWD);
  writeFileSync(
    config,
    [
      'version: 0.1',
      'log: {level: error}',
      `storage: {filesystem: {rootdirectory: ${join(directory, 'data')}}}`,
      `http: {addr: '${host}'${files}}`,
      ...(isPrivate
        ? [`auth: {htpasswd: {realm: test, path: ${join(directory, 'htpasswd')}}}`]
        : []),
      '',
    ].join('\n'),
  );
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for (let round = 0; ; round += 1) {
    if (await isListening(host)) break;
    if (round > 100 || child.exitCode !== null) throw new Error('docker-registry did not start');
    await sleep(50);
  }
  return {
    host,
    ...(certificate === undefined ? {} : { certificate }),
    push: (reference, image, ...more) => {
      const target = `docker://${host}/${image}`;
      const flags = ['--insecure-policy', 'copy', '--quiet', '--all', '--dest-tls-verify=false'];
      const login = isPrivate ? ['--dest-creds', `${LOGIN.name}:${LOGIN.password}`] : [];
      execFileSync('skopeo', [...flags, ...login, ...more, reference, target]);
    },
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
