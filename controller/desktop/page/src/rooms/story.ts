/** The life of an interaction as lanes: what each person did from when to when, and who stood where after each step. Pure. */
import type { Doing, Story, ToldParty } from '../api/shapes'
import type { Word } from '../words/words'

/** Four looks, as everywhere on the page, and a fifth for the reason that is owed. */
export type Look = 'queue' | 'ring' | 'talk' | 'hold' | 'wrap'

const DOINGS: Readonly<Record<Doing, readonly [Look, Word]>> = {
  queued: ['queue', 'lgQueue'],
  waiting: ['queue', 'stWaiting'],
  rang: ['ring', 'lgRing'],
  dialling: ['ring', 'stDialling'],
  asked: ['ring', 'stAsked'],
  talked: ['talk', 'lgTalk'],
  consulted: ['talk', 'stConsulted'],
  conferenced: ['talk', 'conference'],
  handed_out: ['talk', 'stHandedOut'],
  held: ['hold', 'lgHold'],
  transferring: ['hold', 'stTransferring'],
  wrapped_up: ['wrap', 'wrapUp'],
}
/** What a newer server tells and this page does not know. */
const UNKNOWN: readonly [Look, Word] = ['queue', 'none']

export interface Span {
  look: Look
  word: Word
  /** Milliseconds of the server's clock. */
  from: number
  to: number
}

export interface Lane {
  who: string
  /** As the server names them. */
  name: string
  agent: string | null
  kind: 'customer' | 'you' | 'other'
  spans: readonly Span[]
}

export interface Drawn {
  from: number
  to: number
  /** Something goes on. */
  isLive: boolean
  lanes: readonly Lane[]
}

/** `now`: where something goes on it is counted up to then, in milliseconds of the server's clock. */
export function drawn(story: Story, viewer: string, now: number): Drawn {
  const lanes = new Map<string, { lane: Omit<Lane, 'spans'>; spans: Span[] }>()
  let from = Infinity
  let to = -Infinity
  let isLive = false
  for (const segment of story.segments) {
    const began = Date.parse(segment.from)
    const ended = segment.to === null ? Math.max(now, began) : Date.parse(segment.to)
    const [look, word] = DOINGS[segment.doing] ?? UNKNOWN
    isLive ||= segment.to === null
    from = Math.min(from, began)
    to = Math.max(to, ended)
    const isCustomer = segment.agent === null && segment.who === 'customer'
    const key = `${isCustomer ? 'customer' : 'person'} ${segment.who}`
    const known = lanes.get(key) ?? {
      lane: {
        who: segment.who,
        name: segment.name,
        agent: segment.agent,
        kind: isCustomer ? 'customer' : segment.agent === viewer ? 'you' : 'other',
      },
      spans: [],
    }
    lanes.set(key, known)
    known.spans.push({ look, word, from: began, to: ended })
  }
  const order = [...lanes.values()].sort((a, b) => Number(b.lane.kind === 'customer') - Number(a.lane.kind === 'customer'))
  return {
    from: Number.isFinite(from) ? from : now,
    to: Number.isFinite(to) ? to : now,
    isLive,
    lanes: order.map(({ lane, spans }) => ({ ...lane, spans })),
  }
}

/** The looks that are in the picture, in the order in which a call has them. */
export function looksOf(lanes: readonly Lane[]): readonly Look[] {
  const there = new Set(lanes.flatMap((lane) => lane.spans.map((span) => span.look)))
  return (['queue', 'ring', 'talk', 'hold', 'wrap'] as const).filter((look) => there.has(look))
}

/** Seconds that each person spent on each thing, in the order in which they began with it. */
export function sums(lane: Lane): readonly (readonly [Word, number])[] {
  const seconds = new Map<Word, number>()
  for (const span of lane.spans) seconds.set(span.word, (seconds.get(span.word) ?? 0) + (span.to - span.from) / 1000)
  return [...seconds]
}

const TICKS_MAX = 5
const ROUND_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200]

/** Round moments between two others, five at most. */
export function ticks(from: number, to: number): readonly number[] {
  const least = (to - from) / 1000 / TICKS_MAX
  const step = (ROUND_SECONDS.find((seconds) => seconds >= least) ?? 86400) * 1000
  const found = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) found.push(at)
  return found.slice(0, TICKS_MAX)
}

/** Who stands where after a step; a step that moves nobody is no row. */
export interface Row {
  at: string
  talk: readonly ToldParty[]
  hold: readonly ToldParty[]
  rings: readonly ToldParty[]
}

export function rows(story: Story): readonly Row[] {
  const found: Row[] = []
  let before = ''
  for (const step of story.steps) {
    const there = step.parties.filter((party) => party.room !== null && party.standing !== 'gone')
    const row = {
      at: step.at,
      talk: there.filter((party) => party.standing === 'up' && party.room === 'talk' && !party.on_hold),
      hold: there.filter((party) => party.standing === 'up' && (party.room === 'hold' || party.on_hold)),
      rings: there.filter((party) => party.standing === 'ringing'),
    }
    const now = JSON.stringify([row.talk, row.hold, row.rings].map((people) => people.map((party) => party.who).sort()))
    if (now !== before) found.push(row)
    before = now
  }
  return found
}
