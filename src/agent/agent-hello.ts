import { decodeFields, HelloTag } from './protocol.ts';

/** What the agent says of itself and its machine when it starts. */
export interface AgentHello {
  readonly version: string;
  /** `uname -m`. */
  readonly machine: string;
  readonly kernel: string;
  /** Bytes. */
  readonly pageSize: number;
  readonly cpu: string;
  readonly pid: number;
  readonly uid: number;
  /** Whether it limits memory and processes of a spawn, and knows when they were short. */
  readonly limits: boolean;
}

/** Reads the payload of a `HELLO`. */
export function readHello(payload: Buffer): AgentHello {
  const fields = new Map(decodeFields(payload).map((field) => [field.tag, field.data]));
  const text = (tag: number): string => fields.get(tag)?.toString() ?? '';
  const number = (tag: number): number => fields.get(tag)?.readUInt32BE() ?? 0;
  return {
    version: text(HelloTag.version),
    machine: text(HelloTag.machine),
    kernel: text(HelloTag.kernel),
    pageSize: number(HelloTag.pageSize),
    cpu: text(HelloTag.cpu),
    pid: number(HelloTag.pid),
    uid: number(HelloTag.uid),
    limits: number(HelloTag.limits) !== 0,
  };
}
