import { describe, expect, it } from 'vitest'
import type { Frame, Interaction, Me, Queue } from '../api/shapes'
import { COMPLETED_MAX, HISTORY_MAX, isOffered, mine, NOTHING, reduce, type State } from './reducer'

const NOW = '2027-01-15T08:05:00Z'

const me = (change: Partial<Me> = {}): Me => ({
  agent: 'alice',
  name: 'Alice Martin',
  role: 'agent',
  state: 'available',
  idle_reason: null,
  next_state: null,
  interaction: null,
  wrap_ups: [],
  ...change,
})

const call = (change: Partial<Interaction> = {}): Interaction => ({
  id: 'one',
  revision: 3,
  phase: 'connected',
  queue: 'support',
  entry_point: 'main',
  direction: 'inbound',
  my_role: 'agent1',
  owner: 'alice',
  started_at: '2027-01-15T08:00:00Z',
  phase_since: '2027-01-15T08:01:00Z',
  customer: { number: '+33199004217', name: 'Camille Laurent', leg: 'talking' },
  agents: [{ agent: 'alice', name: 'Alice Martin', number: '1001', role: 'agent1', leg: 'talking' }],
  consult: null,
  allowed: ['hold'],
  refused: {},
  ...change,
})

const queue = (change: Partial<Queue> = {}): Queue => ({
  id: 'support',
  name: 'Support',
  waiting: 0,
  longest_wait: 0,
  waiting_since: null,
  agents: {},
  ...change,
})

const snapshot = (seq: number, change: Partial<Extract<Frame, { type: 'snapshot' }>> = {}): Frame => ({
  type: 'snapshot',
  seq,
  me: me(),
  interactions: [],
  queues: [queue()],
  ...change,
})

const hear = (state: State, ...frames: Frame[]): State =>
  frames.reduce((before, frame) => reduce(before, { what: 'frame', frame, now: NOW }), state)

describe('An answer that comes late', () => {
  it('does not bring a call back that has gone, and a newer revision does', () => {
    const over = hear(NOTHING, snapshot(1), { type: 'interaction', seq: 2, interaction: call({ revision: 4, gone: true }) })

    expect(reduce(over, { what: 'answer', interaction: call({ revision: 3 }), now: NOW }).interactions).toEqual({})
    expect(Object.keys(reduce(over, { what: 'answer', interaction: call({ revision: 5 }), now: NOW }).interactions)).toEqual(['one'])
  })
})

describe('Frames in order', () => {
  it('a snapshot is the whole truth: what it does not name is not there any more', () => {
    const before = hear(NOTHING, snapshot(1, { interactions: [call()] }))
    const after = hear(before, snapshot(9))

    expect(Object.keys(before.interactions)).toEqual(['one'])
    expect(after.interactions).toEqual({})
    expect(after.seq).toBe(9)
  })

  it('each frame brings the whole new value of one thing', () => {
    const after = hear(
      NOTHING,
      snapshot(1),
      { type: 'interaction', seq: 2, interaction: call() },
      { type: 'me', seq: 3, me: me({ state: 'engaged' }) },
      { type: 'queue', seq: 4, queue: queue({ waiting: 2 }) },
    )

    expect(after.interactions['one']?.phase).toBe('connected')
    expect(after.me?.state).toBe('engaged')
    expect(after.queues['support']?.waiting).toBe(2)
    expect(after.seq).toBe(4)
  })

  it('a kind that a newer server knows is counted and changes nothing else', () => {
    const before = hear(NOTHING, snapshot(1))
    const after = hear(before, { type: 'weather', seq: 2 } as unknown as Frame)

    expect(after).toEqual({ ...before, seq: 2 })
  })

  it('a queue that the site has no more is listed no longer', () => {
    const after = hear(NOTHING, snapshot(1, { queues: [queue(), queue({ id: 'billing', name: 'Billing' })] }), {
      type: 'queue',
      seq: 2,
      queue: queue({ gone: true }),
    })

    expect(after.queueOrder).toEqual(['billing'])
    expect(after.queues['support']).toBeUndefined()
  })
})

describe('Frames that are repeated, late or missing', () => {
  it('a frame that is heard again changes nothing', () => {
    const frames: Frame[] = [snapshot(1), { type: 'interaction', seq: 2, interaction: call() }]
    const once = hear(NOTHING, ...frames)

    expect(hear(once, frames[1]!)).toBe(once)
  })

  it('frames before the first snapshot say nothing that one could build on', () => {
    expect(hear(NOTHING, { type: 'me', seq: 7, me: me() })).toBe(NOTHING)
  })

  it('a gap is noticed, and nothing is applied until the missing frames come', () => {
    const gap = hear(NOTHING, snapshot(1), { type: 'me', seq: 3, me: me({ state: 'idle' }) })
    expect(gap.gap).toBe(true)
    expect(gap.seq).toBe(1)
    expect(gap.me?.state).toBe('available')

    const resumed = reduce(gap, { what: 'resuming' })
    const whole = hear(resumed, { type: 'queue', seq: 2, queue: queue({ waiting: 1 }) }, { type: 'me', seq: 3, me: me({ state: 'idle' }) })
    expect(whole.gap).toBe(false)
    expect(whole.me?.state).toBe('idle')
    expect(whole.queues['support']?.waiting).toBe(1)
  })

  it('a snapshot mends a gap as well', () => {
    const after = hear(NOTHING, snapshot(1), { type: 'me', seq: 5, me: me() }, snapshot(6, { me: me({ state: 'idle' }) }))

    expect(after.gap).toBe(false)
    expect(after.me?.state).toBe('idle')
  })

  it('a snapshot of a server that began anew counts from its own number', () => {
    expect(hear(NOTHING, snapshot(900), snapshot(1)).seq).toBe(1)
  })

  it('in whatever order and however often frames come, what is shown is some state that the server was in', () => {
    const frames: Frame[] = [
      snapshot(1),
      ...Array.from({ length: 12 }, (_, index): Frame => ({
        type: 'interaction',
        seq: index + 2,
        interaction: call({ revision: index + 10, phase: index % 2 === 0 ? 'held' : 'connected' }),
      })),
    ]
    let dice = 12345
    const roll = (sides: number) => (dice = (dice * 1103515245 + 12345) % 2147483648) % sides
    for (let day = 0; day < 200; day += 1) {
      let state = NOTHING
      for (let step = 0; step < 40; step += 1) {
        state = hear(state, frames[roll(frames.length)]!)
        if (state.gap) state = reduce(state, { what: 'resuming' })
        const shown = state.interactions['one']
        if (shown !== undefined) expect(shown.revision).toBe(state.seq + 8)
      }
    }
  })
})

describe('An answer to a command and its event', () => {
  it('whichever comes first, the newer revision stays', () => {
    const held = call({ revision: 4, phase: 'held' })
    const before = hear(NOTHING, snapshot(1, { interactions: [call()] }))

    const answered = reduce(before, { what: 'answer', interaction: held, now: NOW })
    expect(answered.interactions['one']?.phase).toBe('held')
    expect(hear(answered, { type: 'interaction', seq: 2, interaction: call() }).interactions['one']?.phase).toBe('held')
    expect(
      reduce(hear(before, { type: 'interaction', seq: 2, interaction: held }), { what: 'answer', interaction: call(), now: NOW })
        .interactions['one']?.phase,
    ).toBe('held')
  })
})

describe('Timers', () => {
  it('count from when a party came to its room, not from every change of the call', () => {
    const talks = hear(NOTHING, snapshot(1, { interactions: [call()] }))
    const muted = hear(talks, { type: 'interaction', seq: 2, interaction: call({ revision: 4, phase_since: '2027-01-15T08:04:00Z' }) })
    const held = hear(muted, {
      type: 'interaction',
      seq: 3,
      interaction: call({
        revision: 5,
        phase: 'held',
        phase_since: '2027-01-15T08:04:30Z',
        customer: { number: '', name: 'Camille', leg: 'held' },
      }),
    })

    expect(muted.since['one']?.['customer']?.at).toBe('2027-01-15T08:01:00Z')
    expect(held.since['one']?.['customer']?.at).toBe('2027-01-15T08:04:30Z')
    expect(held.since['one']?.['alice']?.at).toBe('2027-01-15T08:01:00Z')
  })

  it('survive a snapshot after a lost connection', () => {
    const before = hear(NOTHING, snapshot(1, { interactions: [call()] }))
    const after = hear(before, snapshot(40, { interactions: [call({ revision: 6, phase_since: '2027-01-15T08:04:00Z' })] }))

    expect(after.since['one']?.['customer']?.at).toBe('2027-01-15T08:01:00Z')
  })
})

describe('Offers', () => {
  const rings = call({
    phase: 'offered',
    agents: [{ agent: 'alice', name: 'Alice Martin', number: '1001', role: 'agent1', leg: 'ringing' }],
  })

  it('an offer is there while the telephone rings, and gone the moment somebody answers', () => {
    const offered = hear(
      NOTHING,
      snapshot(1),
      { type: 'interaction', seq: 2, interaction: rings },
      { type: 'offer', seq: 3, offer: { interaction: 'one', consult: false, over_at: NOW } },
    )
    expect(offered.offer?.interaction).toBe('one')
    expect(isOffered(rings, 'alice')).toBe(true)

    const answered = hear(offered, { type: 'interaction', seq: 4, interaction: call({ revision: 4 }) })
    expect(answered.offer).toBeNull()
  })

  it('a call that went to a colleague is no part of the history', () => {
    const after = hear(
      NOTHING,
      snapshot(1),
      { type: 'interaction', seq: 2, interaction: rings },
      { type: 'interaction', seq: 3, interaction: call({ revision: 5, my_role: null, gone: true }) },
    )

    expect(after.interactions).toEqual({})
    expect(after.history).toEqual([])
  })

  it('a transfer that the agent declined is no part of it either, though the answer still shows the call', () => {
    const asked = call({ ...rings, phase: 'transferring', owner: null })
    const declined = call({ revision: 4, phase: 'offered', my_role: null, owner: null, agents: [] })
    const offered = hear(NOTHING, snapshot(1), { type: 'interaction', seq: 2, interaction: asked })
    const answered = reduce(offered, { what: 'answer', interaction: declined, now: NOW })
    const after = hear(answered, { type: 'interaction', seq: 3, interaction: { ...declined, revision: 5, gone: true } })

    expect(after.history).toEqual([])
    expect(after.had).toEqual({})
  })

  it('the own telephone that rings for a call to outside is no offer', () => {
    expect(isOffered(call({ phase: 'dialling', agents: rings.agents }), 'alice')).toBe(false)
  })
})

describe('History', () => {
  it('keeps the last twenty, with the reason that was given', () => {
    let state = hear(NOTHING, snapshot(1))
    for (let n = 0; n < 25; n += 1) {
      const id = `call-${n}`
      state = hear(state, {
        type: 'interaction',
        seq: state.seq + 1,
        interaction: call({ id, phase: 'ended', phase_since: '2027-01-15T08:03:00Z' }),
      })
      state = reduce(state, { what: 'reason', interaction: id, reason: 'Resolved' })
      state = hear(state, {
        type: 'interaction',
        seq: state.seq + 1,
        interaction: call({ id, revision: 9, phase: 'ended', phase_since: '2027-01-15T08:03:00Z', gone: true, my_role: null }),
      })
    }

    expect(state.history).toHaveLength(HISTORY_MAX)
    expect(state.history[0]).toMatchObject({ id: 'call-24', reason: 'Resolved', seconds: 180, queue: 'Support' })
    expect(state.interactions).toEqual({})
  })

  it('a supervisor who looked on has no part in it', () => {
    const after = hear(NOTHING, snapshot(1, { interactions: [call({ my_role: 'supervisor' })] }), {
      type: 'interaction',
      seq: 2,
      interaction: call({ revision: 9, my_role: 'supervisor', gone: true }),
    })

    expect(after.history).toEqual([])
    expect(after.completed).toEqual([])
    expect(mine(hear(NOTHING, snapshot(1, { interactions: [call({ my_role: 'supervisor' })] })))).toEqual([])
  })

  it('a supervisor can look back on the last calls that are over', () => {
    let state = hear(NOTHING, snapshot(1))
    for (let n = 0; n < COMPLETED_MAX + 5; n += 1) {
      const seen = { id: `call-${n}`, my_role: 'supervisor' as const }
      const gone = call({ ...seen, revision: 9, phase: 'ended', gone: true })
      state = hear(
        state,
        { type: 'interaction', seq: state.seq + 1, interaction: call(seen) },
        { type: 'interaction', seq: state.seq + 2, interaction: gone },
      )
    }

    expect(state.completed).toHaveLength(COMPLETED_MAX)
    expect(state.completed[0]).toMatchObject({ id: `call-${COMPLETED_MAX + 4}`, phase: 'ended' })
    expect(state.history).toEqual([])
  })
})
