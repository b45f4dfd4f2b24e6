/** TCP ports as `EXPOSE`, an image's config or a compose file writes them: `8080`, `8080/tcp`, `80:8080`. */
export function readPorts(texts: readonly string[]): readonly number[] {
  const ports = texts.flatMap((text) => {
    const port = /^(?:.*:)?(\d+)(?:\/tcp)?$/.exec(text)?.[1];
    return port === undefined ? [] : [Number(port)];
  });
  return [...new Set(ports)];
}

/** What servers listen on that everybody knows, by the last part of their image's name. */
const WELL_KNOWN: Readonly<Record<string, number>> = {
  elasticsearch: 9200,
  mariadb: 3306,
  memcached: 11211,
  mongo: 27017,
  mysql: 3306,
  nats: 4222,
  nginx: 80,
  postgres: 5432,
  rabbitmq: 5672,
  redis: 6379,
  valkey: 6379,
};

/** The port of a well-known server's image, e.g. 5432 of `postgres:16`. */
export function wellKnownPort(image: string): number | undefined {
  const name = image.split('/').at(-1)?.split(/[:@]/)[0] ?? '';
  return Object.hasOwn(WELL_KNOWN, name) ? WELL_KNOWN[name] : undefined;
}
