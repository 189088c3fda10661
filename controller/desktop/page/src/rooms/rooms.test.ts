import { describe, expect, it } from 'vitest'
import type { Action, Interaction, Party } from '../api/shapes'
import { controls, outcome } from './outcomes'
import { otherOf, people } from './people'
import { situation } from './situation'

const party = (agent: string | null, name: string, role: Party['role'], leg: Party['leg']): Party => ({
  agent,
  name,
  number: '',
  role,
  leg,
  leg_id: `leg-${name}`,
})

const call = (
  phase: Interaction['phase'],
  customer: Interaction['customer']['leg'],
  agents: Party[],
  change: Partial<Interaction> = {},
): Interaction => ({
  id: 'one',
  revision: 1,
  phase,
  queue: 'support',
  entry_point: 'main',
  direction: 'inbound',
  my_role: 'agent1',
  owner: 'alice',
  started_at: '2027-01-15T08:00:00Z',
  phase_since: '2027-01-15T08:01:00Z',
  customer: { number: '1', name: 'Camille', leg: customer },
  agents,
  consult: null,
  allowed: [],
  refused: {},
  ...change,
})
const consulted = { kind: 'agent' as const, id: 'bob', name: 'Bob', asked_at: '2027-01-15T08:01:00Z' }
const alice = party('alice', 'Alice', 'agent1', 'talking')
const bob = (leg: Party['leg']) => party('bob', 'Bob', 'agent2', leg)
const stand = (interaction: Interaction, viewer = 'alice') =>
  Object.fromEntries(people(interaction, viewer, undefined, (id) => id).map((person) => [person.name, person.room]))
const context = { viewer: 'alice', ownerName: 'Alice', queueName: 'Support', consultQueueName: 'Billing', tooLong: false }
const says = (interaction: Interaction, viewer = 'alice') =>
  situation(
    interaction,
    people(interaction, viewer, undefined, (id) => id),
    { ...context, viewer },
  ).word

describe('Who stands where', () => {
  it('the customer first, the owner next, and each in one room', () => {
    const consulting = call('consulting', 'held', [bob('talking'), alice], { consult: consulted })

    expect(people(consulting, 'alice', undefined, (id) => id).map((person) => person.name)).toEqual(['Camille', 'Alice', 'Bob'])
    expect(stand(consulting)).toEqual({ Camille: 'hold', Alice: 'talk', Bob: 'talk' })
  })

  it('who rings stands in the room that they will come to', () => {
    expect(stand(call('consult_offered', 'held', [alice, bob('ringing')], { consult: consulted }))['Bob']).toBe('talk')
    expect(stand(call('consult_held', 'talking', [alice, bob('ringing')], { consult: consulted }))['Bob']).toBe('hold')
  })

  it('a queue that is asked stands for whoever will answer', () => {
    const waits = call('consult_offered', 'held', [{ ...alice, leg: 'held' }], {
      consult: { kind: 'queue', id: 'billing', name: 'Billing', stage: 'waiting', position: 2, asked_at: '2027-01-15T08:01:00Z' },
    })

    expect(stand(waits)).toEqual({ Camille: 'hold', Alice: 'hold', Billing: 'talk' })
    expect(says(waits)).toBe('sWaiting')
  })

  it('how long a queue lets people wait is said as soon as the server knows it', () => {
    const waits = call('consult_offered', 'held', [{ ...alice, leg: 'held' }], {
      consult: { kind: 'queue', id: 'billing', name: 'Billing', stage: 'waiting', position: 2, expected_wait_seconds: 95, asked_at: '2027-01-15T08:01:00Z' },
    })

    expect(says(waits)).toBe('sWaitingAbout')
  })

  it('a customer who is called only after the own telephone has answered is there already', () => {
    const calls = call('dialling', null, [{ ...alice, leg: 'ringing' }], { direction: 'outbound' })

    expect(people(calls, 'alice', undefined, (id) => id)[0]).toMatchObject({ later: true, room: 'talk' })
    expect(says(calls)).toBe('sDialOwn')
  })
})

describe('What an action will bring about', () => {
  const see = (interaction: Interaction, action: Action) =>
    outcome(
      interaction,
      action,
      people(interaction, 'alice', undefined, (id) => id),
      { ownerName: 'Alice', queueName: 'Support' },
    )

  it('resume and switch change the rooms of the customer and of Agent 2', () => {
    const consulting = call('consulting', 'held', [alice, bob('talking')], { consult: consulted })
    const held = call('consult_held', 'talking', [alice, bob('held')], { consult: consulted })

    expect(see(consulting, 'resume').to).toEqual({ customer: 'talk', 'leg-Bob': 'hold' })
    expect(see(consulting, 'swap').to).toEqual({ customer: 'talk', 'leg-Bob': 'hold' })
    expect(see(held, 'swap').to).toEqual({ customer: 'hold', 'leg-Bob': 'talk' })
  })

  it('an end hangs up everybody who is there, and says so', () => {
    const ends = see(call('consulting', 'held', [alice, bob('talking')], { consult: consulted }), 'end-consult')

    expect(ends.ends).toBe(true)
    expect(Object.values(ends.to)).toEqual(['gone', 'gone', 'gone'])
  })

  it('whoever is consulted is meant, and not a member of the conference before', () => {
    const both = call('consulting', 'held', [alice, party('carol', 'Carol', 'agent2', 'held'), bob('talking')], { consult: consulted })

    expect(
      otherOf(
        people(both, 'alice', undefined, (id) => id),
        both,
      )?.name,
    ).toBe('Bob')
  })

  it('whoever is rung for a transfer is meant, although they are to be the owner', () => {
    const transferring = call('transferring', 'held', [party('carol', 'Carol', 'agent1', 'ringing')], { owner: null })

    expect(
      otherOf(
        people(transferring, 'alice', undefined, (id) => id),
        transferring,
      )?.name,
    ).toBe('Carol')
  })
})

describe('The four places', () => {
  const places = (interaction: Interaction) =>
    controls(interaction).slots.map((slot) => (slot === null ? '' : `${slot.action}${slot.because === null ? '' : '!'}`))

  it('come from what is allowed and refused, and from nothing else', () => {
    expect(
      places(call('connected', 'talking', [alice], { allowed: ['hold', 'consult'], refused: { transfer: 'no', conference: 'no' } })),
    ).toEqual(['hold', 'consult', 'transfer!', 'conference!'])
    expect(places(call('consulting', 'held', [alice], { my_role: 'agent2', allowed: ['leave-consult'] }))).toEqual(['', '', '', ''])
  })

  it('the second is Switch in a consult, and Cancel while it rings', () => {
    expect(places(call('consulting', 'held', [alice], { allowed: ['resume', 'swap', 'transfer', 'conference'] }))[1]).toBe('swap')
    expect(places(call('consult_offered', 'held', [alice], { allowed: ['resume', 'cancel-consult'], refused: { swap: 'no' } }))[1]).toBe(
      'cancel-consult',
    )
  })

  it('where Switch has the second place, Cancel stands with what ends', () => {
    const ringing = controls(call('consult_held', 'talking', [alice], { allowed: ['swap', 'cancel-consult'], refused: { end: 'no' } }))

    expect(ringing.slots[1]?.action).toBe('swap')
    expect(ringing.ends.map((slot) => slot.action)).toEqual(['cancel-consult'])
  })

  it('one button mutes and unmutes', () => {
    expect(controls(call('connected', 'talking', [alice], { allowed: ['mute'], refused: { unmute: 'no' } })).line[0]?.action).toBe('mute')
    expect(controls(call('connected', 'talking', [alice], { allowed: ['unmute'], refused: { mute: 'no' } })).line[0]?.action).toBe('unmute')
  })
})

describe('The sentence', () => {
  it('says to each who hears them', () => {
    const consulting = call('consulting', 'held', [alice, bob('talking')], { consult: consulted })

    expect(says(consulting)).toBe('sConsulting')
    expect(says({ ...consulting, my_role: 'agent2' }, 'bob')).toBe('sAgent2')
    expect(says({ ...consulting, phase: 'consult_held', my_role: 'agent2' }, 'bob')).toBe('sAgent2Held')
  })

  it('says when a customer has waited for too long', () => {
    const held = call('held', 'held', [alice])

    expect(
      situation(
        held,
        people(held, 'alice', undefined, (id) => id),
        { ...context, tooLong: true },
      ),
    ).toMatchObject({ word: 'sHeldLong', warn: true })
  })
})
