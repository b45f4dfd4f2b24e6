import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SentSubject } from '../../../src/lanes/index.ts';
import { Slots, type Claim } from '../../../src/run/slots.ts';

const HERE = {};
const THERE = {};

/** What became of a claim so far. */
interface Followed {
  readonly claim: Claim;
  readonly agent: object | undefined;
  begun: boolean;
  after?: number | 'now';
  /** Its agent has it, and was told that it may begin. */
  hasNoted?: boolean;
  isTold?: boolean;
}

function sent(id: number, begin: () => void = () => undefined): SentSubject {
  return { id, begin };
}

function follow(slots: Slots, agent: object | undefined): Followed {
  let begun = false;
  const claim = slots.claim(agent, () => {
    begun = true;
  });
  const followed: Followed = {
    claim,
    agent,
    get begun() {
      return begun;
    },
  };
  void claim.turn.then(({ after }) => {
    followed.after = after ?? 'now';
  });
  return followed;
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('slots', () => {
  it('are given in the order in which they are asked for', async () => {
    const slots = new Slots(2);
    const claims = [1, 2, 3, 4].map(() => follow(slots, undefined));
    await settle();
    expect(claims.map(({ after }) => after)).toEqual(['now', 'now', undefined, undefined]);
    const [first, , third, fourth] = claims;
    if (first !== undefined) slots.end(first.claim);
    await settle();
    expect([third?.after, fourth?.after]).toEqual(['now', undefined]);
  });

  it('are promised to who waits for the same agent, and begin when the one before has ended', async () => {
    const slots = new Slots(1);
    const first = follow(slots, HERE);
    const second = follow(slots, HERE);
    const third = follow(slots, HERE);
    slots.note(first.claim, { agent: HERE, sent: sent(7) });
    await settle();
    expect([second.after, second.begun, third.after]).toEqual([7, false, undefined]);
    slots.note(second.claim, { agent: HERE, sent: sent(8) });
    await settle();
    expect(third.after).toBeUndefined();
    slots.end(first.claim);
    await settle();
    expect([second.begun, third.after, third.begun]).toEqual([true, 8, false]);
  });

  it('are not promised past somebody whose turn it is', async () => {
    const slots = new Slots(1);
    const first = follow(slots, HERE);
    const other = follow(slots, THERE);
    const third = follow(slots, HERE);
    slots.note(first.claim, { agent: HERE, sent: sent(1) });
    await settle();
    expect([other.after, third.after]).toEqual([undefined, undefined]);
    slots.end(first.claim);
    await settle();
    expect([other.after, third.after]).toEqual(['now', undefined]);
  });

  it('are promised past somebody who will have another', async () => {
    const slots = new Slots(2);
    const here = follow(slots, HERE);
    const there = follow(slots, THERE);
    slots.note(there.claim, { agent: THERE, sent: sent(2) });
    const [nextHere, nextThere] = [follow(slots, HERE), follow(slots, THERE)];
    await settle();
    expect([nextHere.after, nextThere.after]).toEqual([undefined, undefined]);
    slots.note(here.claim, { agent: HERE, sent: sent(1) });
    slots.note(there.claim, { agent: THERE, sent: sent(2) });
    await settle();
    expect([nextHere.after, nextThere.after]).toEqual([1, 2]);
  });

  it('that get free are for who was sent ahead, when nobody waits for them', async () => {
    const slots = new Slots(2);
    const told: number[] = [];
    const note = ({ claim }: Followed, id: number): void => {
      slots.note(claim, { agent: HERE, sent: sent(id, () => told.push(id)) });
    };
    const [long, short] = [follow(slots, HERE), follow(slots, HERE)];
    note(long, 1);
    const ahead = follow(slots, HERE);
    note(ahead, 3);
    slots.end(short.claim);
    await settle();
    expect([ahead.after, ahead.begun, told]).toEqual([1, true, [3]]);
    // The slot of the long one is its own again, to be promised anew.
    const [one, other] = [follow(slots, HERE), follow(slots, HERE)];
    await settle();
    expect([one.after, other.after]).toEqual([3, 1]);
    slots.end(ahead.claim);
    expect([one.begun, other.begun]).toEqual([true, false]);
    slots.end(one.claim);
    expect(other.begun).toBe(true);
    // It was not sent yet: it is told then.
    note(other, 4);
    expect(told).toEqual([3, 4]);
  });

  it('go on when who was sent ahead is gone before its turn', async () => {
    const slots = new Slots(1);
    const first = follow(slots, HERE);
    const lost = follow(slots, HERE);
    const third = follow(slots, HERE);
    slots.note(first.claim, { agent: HERE, sent: sent(1) });
    slots.end(lost.claim);
    await settle();
    expect([lost.begun, third.after, third.begun]).toEqual([false, 1, false]);
    slots.end(first.claim);
    slots.end(first.claim);
    expect(third.begun).toBe(true);
    expect(follow(slots, HERE).begun).toBe(false);
  });

  it('are never more than there are, and everybody gets one, whatever happens', async () => {
    const agents = [HERE, THERE, undefined];
    const step = fc.record({
      kind: fc.constantFrom('claim', 'note', 'end', 'end', 'wait'),
      agent: fc.nat(2),
      which: fc.nat(1000),
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step), async (count, steps) => {
        const slots = new Slots(count);
        const all: Followed[] = [];
        const living = (): Followed[] => all.filter(({ claim }) => !claim.hasEnded);
        const check = (): void => {
          const begun = living().filter(({ claim }) => claim.hasBegun);
          expect(begun.length).toBeLessThanOrEqual(count);
          // Nobody waits while there is room.
          expect(begun).toHaveLength(Math.min(count, living().length));
          // Nobody's agent waits for the end of another while it may begin.
          for (const one of begun.filter(({ isTold }) => isTold !== true)) {
            const { after, hasNoted } = one;
            if (hasNoted === true && typeof after === 'number')
              expect(all[after]?.claim.hasEnded).toBe(true);
          }
        };
        for (const { kind, agent, which } of steps) {
          const open = living();
          const one = open[which % Math.max(1, open.length)];
          if (kind === 'claim') all.push(follow(slots, agents[agent]));
          else if (kind === 'wait') await settle();
          else if (kind === 'end' && one !== undefined) slots.end(one.claim);
          else if (kind === 'note' && one?.agent !== undefined && one.after !== undefined) {
            one.hasNoted = true;
            slots.note(one.claim, {
              agent: one.agent,
              sent: sent(all.indexOf(one), () => (one.isTold = true)),
            });
          }
          check();
        }
        for (let open = living(); open.length > 0; open = living()) {
          const [first] = open.filter(({ claim }) => claim.hasBegun);
          if (first === undefined) throw new Error('nobody has a slot');
          slots.end(first.claim);
          check();
          await settle();
        }
        await settle();
        const { length } = all.filter(({ begun, after }) => begun && after === undefined);
        expect(length).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
