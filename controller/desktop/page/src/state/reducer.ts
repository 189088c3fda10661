/**
 * What the server has said, as one value. Pure: a frame comes in, the next state goes out.
 *
 * The page has no rule of its own. A frame carries the whole new value of one thing, so it may be applied again, and an older one than what
 * is known is dropped. A gap in `seq` means that something was not heard: then the connection is made anew with `after=`.
 */
import type { AgentRow, Frame, Interaction, Leg, Me, Offer, Queue, WrapUp } from '../api/shapes'

export const HISTORY_MAX = 20
/** So many interactions that are over are kept for a supervisor to look back on. */
export const COMPLETED_MAX = 100
/** So many interactions that are gone are remembered: longer than a request is answered late. */
const GONE_MAX = 50

/** An interaction that is over for this agent, for the list of the last ones. */
export interface Past {
  id: string
  startedAt: string
  who: string
  queue: string
  seconds: number
  reason: string
}

/** When each party of an interaction came to where they are, by the server's clock. */
export type Since = Readonly<Record<string, { leg: Leg | null; at: string }>>

export interface State {
  /** The last number that was applied; -1: nothing yet. */
  seq: number
  /** Something was missed: come back with `after=seq`. */
  gap: boolean
  me: Me | null
  /** By the server's clock, where it does not say it itself. */
  stateSince: string | null
  interactions: Readonly<Record<string, Interaction>>
  since: Readonly<Record<string, Since>>
  /** The revisions with which the last interactions went, oldest first: an answer that comes after its interaction's end is no news. */
  gone: readonly (readonly [id: string, revision: number])[]
  /** The last that are over, newest first, of those that the viewer looked on at. */
  completed: readonly Interaction[]
  queues: Readonly<Record<string, Queue>>
  /** The site's order of queues. */
  queueOrder: readonly string[]
  /** Everybody, in the site's order, for a supervisor; null: this viewer is not told. */
  agents: readonly AgentRow[] | null
  offer: Offer | null
  wrapUps: Readonly<Record<string, WrapUp>>
  history: readonly Past[]
  /** Reasons that this page has given, for the history. */
  reasons: Readonly<Record<string, string>>
  /** Interactions that the viewer has taken part in: one that only rang is none of the last ones. */
  had: Readonly<Record<string, true>>
}

export const NOTHING: State = {
  seq: -1,
  gap: false,
  me: null,
  stateSince: null,
  interactions: {},
  since: {},
  gone: [],
  completed: [],
  queues: {},
  queueOrder: [],
  agents: null,
  offer: null,
  wrapUps: {},
  history: [],
  reasons: {},
  had: {},
}

/** Something that happened to the page. `now` is the server's clock. */
export type Heard =
  | { what: 'frame'; frame: Frame; now: string }
  | { what: 'answer'; interaction: Interaction; now: string }
  | { what: 'me'; me: Me; now: string }
  | { what: 'reason'; interaction: string; reason: string }
  | { what: 'history'; history: readonly Past[] }
  | { what: 'resuming' }
  | { what: 'logged-out' }

export function reduce(state: State, heard: Heard): State {
  switch (heard.what) {
    case 'frame':
      return frame(state, heard.frame, heard.now)
    case 'answer': {
      const { id, revision } = heard.interaction
      const isLate = state.gone.some(([over, last]) => over === id && revision <= last)
      return isLate ? state : withInteraction(state, heard.interaction, heard.now)
    }
    case 'me':
      return withMe(state, heard.me, heard.now)
    case 'reason':
      return {
        ...state,
        reasons: { ...state.reasons, [heard.interaction]: heard.reason },
        history: state.history.map((past) => (past.id === heard.interaction ? { ...past, reason: heard.reason } : past)),
      }
    case 'history':
      return { ...state, history: heard.history.slice(0, HISTORY_MAX) }
    case 'resuming':
      return { ...state, gap: false }
    case 'logged-out':
      return NOTHING
  }
}

function frame(state: State, frame: Frame, now: string): State {
  if (frame.type === 'snapshot') return snapshot(state, frame, now)
  if (state.seq < 0 || state.gap) return state // nothing to build on until a snapshot, or the missing frames, come
  if (frame.seq <= state.seq) return state // heard before
  if (frame.seq > state.seq + 1) return { ...state, gap: true }
  const next = { ...state, seq: frame.seq }
  switch (frame.type) {
    case 'interaction':
      return withInteraction(next, frame.interaction, now)
    case 'me':
      return withMe(next, frame.me, now)
    case 'queue':
      return withQueue(next, frame.queue)
    case 'agent':
      return withAgent(next, frame.agent)
    case 'offer':
      return { ...next, offer: frame.offer }
    case 'wrap_up':
      return { ...next, wrapUps: { ...next.wrapUps, [frame.wrap_up.interaction]: frame.wrap_up } }
    case 'refused':
      return next // the desk tells it
    default:
      return next // a kind that a newer server knows
  }
}

function snapshot(state: State, shot: Extract<Frame, { type: 'snapshot' }>, now: string): State {
  const there = new Set(shot.interactions.map((interaction) => interaction.id))
  let next: State = {
    ...withMe(state, shot.me, now),
    seq: shot.seq,
    gap: false,
    interactions: {},
    since: {},
    queues: Object.fromEntries(shot.queues.map((queue) => [queue.id, queue])),
    queueOrder: shot.queues.map((queue) => queue.id),
    agents: shot.agents ?? null,
  }
  for (const interaction of Object.values(state.interactions)) {
    if (!there.has(interaction.id)) next = { ...next, history: remembered(next, interaction, now) }
  }
  next = { ...next, had: Object.fromEntries(Object.entries(next.had).filter(([id]) => there.has(id))) }
  for (const interaction of shot.interactions) next = withInteraction(next, interaction, now, state)
  const offer = next.offer
  return offer !== null && !rings(next, offer.interaction) ? { ...next, offer: null } : next
}

function withMe(state: State, me: Me, now: string): State {
  const changed = state.me === null || state.me.state !== me.state || state.me.idle_reason !== me.idle_reason
  const wrapUps = Object.fromEntries(me.wrap_ups.map((owed) => [owed.interaction, owed]))
  return { ...state, me, stateSince: me.state_since ?? (changed ? now : state.stateSince), wrapUps }
}

function withAgent(state: State, agent: AgentRow): State {
  const before = state.agents ?? []
  if (agent.gone === true) return { ...state, agents: before.filter((each) => each.agent !== agent.agent) }
  const known = before.some((each) => each.agent === agent.agent)
  return { ...state, agents: known ? before.map((each) => (each.agent === agent.agent ? agent : each)) : [...before, agent] }
}

function withQueue(state: State, queue: Queue): State {
  if (queue.gone === true) {
    const { [queue.id]: _gone, ...queues } = state.queues
    return { ...state, queues, queueOrder: state.queueOrder.filter((id) => id !== queue.id) }
  }
  const known = queue.id in state.queues
  return {
    ...state,
    queues: { ...state.queues, [queue.id]: queue },
    queueOrder: known ? state.queueOrder : [...state.queueOrder, queue.id],
  }
}

function withInteraction(state: State, interaction: Interaction, now: string, before: State = state): State {
  const known = state.interactions[interaction.id]
  if (known !== undefined && known.revision > interaction.revision) return state // the answer to a command came before its event
  if (interaction.gone === true) {
    const { [interaction.id]: _gone, ...interactions } = state.interactions
    const { [interaction.id]: _since, ...since } = state.since
    const { [interaction.id]: _had, ...had } = state.had
    const gone = [...state.gone, [interaction.id, interaction.revision] as const].slice(-GONE_MAX)
    const next = withHistory(
      { ...state, interactions, since, gone, had, completed: completedWith(state, interaction) },
      remembered(state, interaction, now),
    )
    return state.offer?.interaction === interaction.id ? { ...next, offer: null } : next
  }
  const next = {
    ...state,
    interactions: { ...state.interactions, [interaction.id]: interaction },
    since: { ...state.since, [interaction.id]: sinceWhen(interaction, before.since[interaction.id]) },
    had: takesPart(state, interaction) ? { ...state.had, [interaction.id]: true as const } : state.had,
  }
  return next.offer?.interaction === interaction.id && !rings(next, interaction.id) ? { ...next, offer: null } : next
}

/** Who a party is within an interaction, the same through all frames. */
export function partyId(agent: string | null, name: string, number: string, legId: string | undefined): string {
  return legId ?? agent ?? `${name} ${number}`
}

function sinceWhen(interaction: Interaction, before: Since | undefined): Since {
  const since: Record<string, { leg: Leg | null; at: string }> = {}
  const put = (id: string, leg: Leg | null) => {
    const was = before?.[id]
    since[id] = was !== undefined && was.leg === leg ? was : { leg, at: interaction.phase_since }
  }
  put('customer', interaction.customer.leg)
  if (interaction.customer.held_since != null) since['customer'] = { leg: interaction.customer.leg, at: interaction.customer.held_since }
  for (const party of interaction.agents) put(partyId(party.agent, party.name, party.number, party.leg_id), party.leg)
  return since
}

/** Whether the telephone of the viewer rings for it. */
function rings(state: State, id: string): boolean {
  const interaction = state.interactions[id]
  return interaction !== undefined && isOffered(interaction, state.me?.agent ?? null)
}

/** Whether the viewer is asked to take part and has not answered. */
export function isOffered(interaction: Interaction, agent: string | null): boolean {
  if (agent === null) return false
  return interaction.agents.some((party) => party.agent === agent && party.leg === 'ringing') && !isDialling(interaction, agent)
}

/** Whether the viewer talks in it or has talked in it, or calls out: not who is only rung, or has declined. */
function takesPart(state: State, interaction: Interaction): boolean {
  const agent = state.me?.agent ?? null
  if (agent === null || interaction.my_role === 'supervisor' || isOffered(interaction, agent)) return false
  if (interaction.id in state.wrapUps || interaction.my_role === 'former' || interaction.owner === agent) return true
  return interaction.agents.some((party) => party.agent === agent && (party.leg === 'talking' || party.leg === 'held'))
}

/** The viewer's own telephone rings because they call out: that is no offer. */
function isDialling(interaction: Interaction, agent: string): boolean {
  return interaction.phase === 'dialling' && interaction.owner === agent
}

/** One that is gone because it is no longer the viewer's to see has not ended. */
function completedWith(state: State, interaction: Interaction): readonly Interaction[] {
  const looksOn = (state.interactions[interaction.id] ?? interaction).my_role === 'supervisor'
  if (!looksOn || interaction.phase !== 'ended') return state.completed
  return [interaction, ...state.completed.filter((each) => each.id !== interaction.id)].slice(0, COMPLETED_MAX)
}

/** Reasons of calls that are neither going on nor among the last ones are of no use any more. */
function withHistory(state: State, history: readonly Past[]): State {
  const reasons = Object.fromEntries(
    Object.entries(state.reasons).filter(([id]) => id in state.interactions || history.some((past) => past.id === id)),
  )
  return { ...state, history, reasons }
}

function remembered(state: State, interaction: Interaction, now: string): readonly Past[] {
  if (!(interaction.id in state.had)) return state.history // looked on, or never answered
  const past: Past = {
    id: interaction.id,
    startedAt: interaction.started_at,
    who: interaction.customer.name || interaction.customer.number,
    queue: interaction.queue === null ? '' : (state.queues[interaction.queue]?.name ?? interaction.queue),
    seconds: Math.max(
      0,
      (Date.parse(interaction.phase === 'ended' ? interaction.phase_since : now) - Date.parse(interaction.started_at)) / 1000,
    ),
    reason: state.reasons[interaction.id] ?? '',
  }
  const known = state.history.find((each) => each.id === past.id)
  const rest = state.history.filter((each) => each.id !== past.id)
  return [{ ...past, seconds: known?.seconds ?? past.seconds, reason: past.reason || (known?.reason ?? '') }, ...rest].slice(0, HISTORY_MAX)
}

/** The agent's own interactions, newest first; what a supervisor only looks on at is not among them. */
export function mine(state: State): readonly Interaction[] {
  return Object.values(state.interactions)
    .filter((interaction) => interaction.my_role !== null && interaction.my_role !== 'supervisor')
    .sort((a, b) => b.started_at.localeCompare(a.started_at))
}
