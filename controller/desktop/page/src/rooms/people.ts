/** Who takes part in an interaction and in which of its two rooms each stands. Pure. */
import type { Interaction } from '../api/shapes'
import { partyId, type Since } from '../state/reducer'

export type Room = 'talk' | 'hold' | 'gone'

export interface Person {
  /** The same through all frames of the interaction. */
  id: string
  kind: 'customer' | 'you' | 'agent' | 'outside' | 'queue'
  name: string
  number: string
  role: 'customer' | 'agent1' | 'agent2' | 'owner' | 'member' | 'outside'
  room: Room
  rings: boolean
  /** Is called only when the agent's own telephone has been answered. */
  later: boolean
  /** Waits in a queue, with music. */
  inLine: boolean
  muted: boolean
  /** When they came there, RFC 3339. */
  since: string | null
  /** What `drop` names. */
  leg: string | null
}

/** Always in the same order: the customer, the owner, the others. Nobody ever changes lanes. */
export function people(interaction: Interaction, viewer: string, since: Since | undefined, queueName: (id: string) => string): Person[] {
  const { phase, customer, consult } = interaction
  const inConference = phase === 'conference'
  const found: Person[] = []
  const queued = phase === 'queued' || phase === 'offered'
  found.push({
    id: 'customer',
    kind: 'customer',
    name: customer.name || customer.number,
    number: customer.number,
    role: 'customer',
    room: customer.leg === 'gone' ? 'gone' : customer.leg === 'held' || queued ? 'hold' : 'talk',
    rings: customer.leg === 'ringing' || customer.leg === null,
    later: customer.leg === null,
    inLine: queued,
    muted: customer.muted === true,
    since: phase === 'offered' ? interaction.started_at : (since?.['customer']?.at ?? null),
    leg: null,
  })
  const parties = [...interaction.agents].sort((a, b) => Number(isOwner(interaction, b.agent)) - Number(isOwner(interaction, a.agent)))
  for (const party of parties) {
    const id = partyId(party.agent, party.name, party.number, party.leg_id)
    const you = party.agent !== null && party.agent === viewer
    const owns = isOwner(interaction, party.agent)
    found.push({
      id,
      kind: you ? 'you' : party.agent === null ? 'outside' : 'agent',
      name: party.name || party.number,
      number: party.number,
      role: inConference
        ? owns
          ? 'owner'
          : party.agent === null
            ? 'outside'
            : 'member'
        : party.agent === null
          ? 'outside'
          : owns || party.role === 'agent1'
            ? 'agent1'
            : 'agent2',
      room:
        party.leg === 'gone'
          ? 'gone'
          : party.leg === 'held'
            ? 'hold'
            : party.leg === 'talking'
              ? 'talk'
              : phase === 'consult_held'
                ? 'hold'
                : 'talk',
      rings: party.leg === 'ringing',
      later: false,
      inLine: false,
      muted: party.muted === true,
      since: since?.[id]?.at ?? null,
      leg: party.leg_id ?? null,
    })
  }
  if (consult?.stage === 'waiting' && !parties.some((party) => party.role === 'agent2' && party.leg !== 'gone')) {
    found.push({
      id: 'consult-queue',
      kind: 'queue',
      name: consult.name || queueName(consult.id ?? ''),
      number: '',
      role: 'agent2',
      room: phase === 'consult_held' ? 'hold' : 'talk',
      rings: true,
      later: false,
      inLine: true,
      muted: false,
      since: consult.asked_at,
      leg: null,
    })
  }
  return found
}

function isOwner(interaction: Interaction, agent: string | null): boolean {
  return agent !== null && agent === interaction.owner
}

/** Whoever is consulted, transferred to or was handed the customer: the first who is neither customer nor owner. */
export function otherOf(found: readonly Person[], interaction: Interaction): Person | undefined {
  // Who is rung for a transfer is to be the owner, and has that role already.
  const isNext = (person: Person) => interaction.phase === 'transferring' && person.rings
  const others = found.filter(
    (person) => person.kind !== 'customer' && ((person.role !== 'agent1' && person.role !== 'owner') || isNext(person)),
  )
  const there = others.filter((person) => person.room !== 'gone')
  const consulted = interaction.consult
  const named = consulted === null ? undefined : there.find((person) => person.name === consulted.name)
  return named ?? there[0] ?? others[0]
}

/** Who hear one another. */
export function talkers(found: readonly Person[]): Person[] {
  return found.filter((person) => person.room === 'talk' && !person.rings)
}
