/** The one sentence that says what is so: who hears whom now. Pure. */
import type { Consult, Interaction } from '../api/shapes'
import type { Word } from '../words/words'
import { otherOf, talkers, type Person } from './people'

export type SayIcon = 'waves' | 'music' | 'bell' | 'clock' | 'alert' | 'micoff' | 'right' | 'end' | 'info'

export interface Situation {
  icon: SayIcon
  word: Word
  values: Readonly<Record<string, string | number>>
  /** Somebody has waited for too long. */
  warn: boolean
}

/** A customer on hold for longer waits too long. */
export const HELD_LONG_SECONDS = 120

export interface Context {
  viewer: string
  ownerName: string
  queueName: string
  consultQueueName: string
  /** The customer has been on hold for too long. */
  tooLong: boolean
  /** The offer's reason, where the viewer is offered the call. */
  why?: string | undefined
  /** The viewer's telephone stands on their desk. */
  isDesk?: boolean
}

export function situation(interaction: Interaction, found: readonly Person[], context: Context): Situation {
  const other = otherOf(found, interaction)
  const values = { a: context.ownerName, b: other?.name ?? '', q: context.queueName }
  const is = (icon: SayIcon, word: Word, more: Record<string, string | number> = {}, warn = false): Situation => ({
    icon,
    word,
    values: { ...values, ...more },
    warn,
  })
  const you = found.find((person) => person.kind === 'you')
  const customer = found.find((person) => person.kind === 'customer')
  const owner = interaction.owner === context.viewer
  const { phase } = interaction

  if (phase === 'ended') return is('end', 'sEndedPlain')
  if (phase === 'queued') return is('clock', 'sQueued')
  if (you?.rings === true && phase !== 'dialling') return offerSentence(interaction, context, is)
  if (phase === 'offered') return is('bell', 'sOfferedTo', { a: other?.name || context.ownerName })
  if (phase === 'transferring') return is('right', 'sTransferring')
  if (phase === 'handed_out') return is('waves', 'sHanded')
  if (phase === 'dialling') return is('bell', customer?.later === true ? 'sDialOwn' : 'sDialling')
  if (phase === 'transfer_asked') return is('right', interaction.my_role === 'agent2' ? 'sAsked' : 'sAskedOwner')
  if (you === undefined || you.room === 'gone')
    return interaction.my_role === 'former' ? is('info', 'sFormer') : looking(interaction, found, is)

  if (phase === 'conference') {
    if (you.muted) return is('micoff', 'sMutedAll')
    if (customer?.room === 'gone') return is('waves', 'sConfNoCustomer', { b: owner ? values.b : context.ownerName })
    const talking = talkers(found)
    if (talking.length !== 3) return is('waves', 'sConfN', { n: talking.length })
    const third = talking.find((person) => person.kind !== 'customer' && person.kind !== 'you')
    return is('waves', 'sConf3', { b: third?.name ?? values.b })
  }
  if (!owner) {
    if (phase === 'consult_held') return is('music', 'sAgent2Held')
    return you.muted ? is('micoff', 'sAgent2Muted') : is('waves', 'sAgent2')
  }
  const waits = interaction.consult?.stage === 'waiting'
  const q = context.consultQueueName
  switch (phase) {
    case 'connected':
      if (customer?.room === 'hold') return is('music', 'sHeld')
      return you.muted ? is('micoff', 'sMuted') : is('waves', 'sConnected')
    case 'held':
      return context.tooLong ? is('alert', 'sHeldLong', {}, true) : is('music', 'sHeld')
    case 'consult_offered':
      if (!waits) return is('bell', 'sRinging')
      return waitsInLine(interaction.consult, q, is)
    case 'consulting':
      return you.muted ? is('micoff', 'sMutedAll') : is('waves', 'sConsulting')
    case 'consult_held':
      if (waits) return is('clock', 'sResumedWaiting', { q })
      if (other?.rings === true) return is('bell', 'sResumedRinging')
      return you.muted ? is('micoff', 'sMuted') : is('waves', 'sConsultHeld')
  }
}

function waitsInLine(consult: Consult | null | undefined, q: string, is: Is): Situation {
  const n = consult?.position
  if (n == null) return is('clock', 'sWaitingNoPosition', { q })
  const seconds = consult?.expected_wait_seconds
  return seconds == null ? is('clock', 'sWaiting', { q, n }) : is('clock', 'sWaitingAbout', { q, n, m: Math.round(seconds / 60) })
}

type Is = (icon: SayIcon, word: Word, more?: Record<string, string | number>, warn?: boolean) => Situation

function offerSentence(interaction: Interaction, context: Context, is: Is): Situation {
  if (context.why === 'ring_back') return is('bell', 'sOfferBack')
  if (interaction.phase === 'offered' && context.why !== 'transfer') return is('bell', context.isDesk === true ? 'sOfferDesk' : 'sOffer')
  if (interaction.phase === 'transferring' || context.why === 'transfer') return is('bell', 'sOfferTransferPlain')
  return is('bell', 'sOfferConsult')
}

/** For a supervisor, who is no party. */
function looking(interaction: Interaction, found: readonly Person[], is: Is): Situation {
  if (interaction.phase === 'held') return is('music', 'fHeld')
  if (interaction.phase === 'conference') return is('waves', 'sConfN', { n: talkers(found).length })
  return is('waves', phaseWord(interaction), {})
}

/** The customer waits too long: the server says it; one that does not leaves it to the usual limit. */
export function isHeldTooLong(interaction: Interaction, seconds: number): boolean {
  return interaction.hold_alarm ?? (interaction.customer.leg === 'held' && seconds >= HELD_LONG_SECONDS)
}

/** The phase in fewer words, where there is little room. */
export function shortPhaseWord(interaction: Interaction): Word {
  const word = phaseWord(interaction)
  return word === 'fConsult' || word === 'fConsultOffered' ? 'fConsultShort' : word === 'fConsultWaiting' ? 'fWaitShort' : word
}

/** The phase in a few words, for lists. */
export function phaseWord(interaction: Interaction): Word {
  switch (interaction.phase) {
    case 'queued':
      return 'fQueuedP'
    case 'offered':
      return 'fOffered'
    case 'connected':
      return 'fConnected'
    case 'held':
      return 'fHeld'
    case 'consult_offered':
      return interaction.consult?.stage === 'waiting' ? 'fConsultWaiting' : 'fConsultOffered'
    case 'consulting':
      return 'fConsult'
    case 'consult_held':
      return 'fConsultHeld'
    case 'transfer_asked':
      return 'fTransferAsked'
    case 'conference':
      return 'fConf'
    case 'transferring':
      return 'fTransferring'
    case 'dialling':
      return 'fDial'
    case 'handed_out':
      return 'fHanded'
    case 'ended':
      return 'fEnded'
  }
}
