/**
 * What an action would bring about, for the miniature rooms on the buttons, the ghosts in the big rooms and the sentence. Pure.
 *
 * Whether an action is possible is not decided here: that is the server's `allowed` and `refused`.
 */
import type { Action, Interaction } from '../api/shapes'
import { shortName, type Word } from '../words/words'
import { otherOf, type Person, type Room } from './people'

export interface Outcome {
  /** Where each person who moves will be. */
  to: Readonly<Record<string, Room>>
  /** The second line of the button. */
  short: Word | null
  /** The sentence after "Resume:". */
  will: Word
  values: Readonly<Record<string, string>>
  shortValues: Readonly<Record<string, string>>
  /** Several are hung up. */
  ends: boolean
}

const LABELS: Readonly<Record<Action, Word>> = {
  accept: 'accept',
  decline: 'decline',
  hold: 'hold',
  resume: 'resume',
  swap: 'swap',
  consult: 'consult',
  'cancel-consult': 'cancelConsult',
  transfer: 'transfer',
  'accept-transfer': 'acceptTransfer',
  'decline-transfer': 'declineTransfer',
  conference: 'conference',
  'leave-consult': 'exitConsult',
  'leave-conference': 'exitConference',
  drop: 'remove',
  'end-consult': 'endConsult',
  end: 'end',
  mute: 'mute',
  unmute: 'unmute',
  dtmf: 'keypad',
  'wrap-up': 'wrapTitle',
  'extend-wrap-up': 'extend',
  recording: 'recording',
}

export function labelOf(action: Action): Word {
  return LABELS[action]
}

export function outcome(
  interaction: Interaction,
  action: Action,
  found: readonly Person[],
  words: { ownerName: string; queueName: string },
): Outcome {
  const other = otherOf(found, interaction)
  const you = found.find((person) => person.kind === 'you')
  const b = other?.id ?? ''
  const y = you?.id ?? ''
  const rings = other?.rings === true
  const waits = interaction.consult?.stage === 'waiting'
  const full = { b: other?.name ?? '', a: words.ownerName, q: words.queueName }
  const values = { b: shortName(full.b), a: words.ownerName, q: words.queueName }
  const everybody: Record<string, Room> = {}
  for (const person of found) if (person.room !== 'gone') everybody[person.id] = 'gone'
  const make = (to: Record<string, Room>, short: Word | null, will: Word, ends = false): Outcome => ({
    to: Object.fromEntries(Object.entries(to).filter(([id]) => id !== '')),
    short,
    will,
    values: full,
    shortValues: values,
    ends,
  })
  const consulting = interaction.phase === 'consulting' || interaction.phase === 'consult_held' || interaction.phase === 'consult_offered'
  switch (action) {
    case 'accept':
      return interaction.phase === 'offered' || interaction.phase === 'transferring'
        ? make({ customer: 'talk', [y]: 'talk' }, null, 'pAccept')
        : make({}, null, 'pAcceptConsult')
    case 'decline':
      return interaction.phase === 'offered' ? make({ [y]: 'gone' }, null, 'pDecline') : make({ [y]: 'gone' }, null, 'pDeclineConsult')
    case 'hold':
      return make({ customer: 'hold' }, 'oHold', 'pHold')
    case 'resume':
    case 'swap':
      if (action === 'swap' && interaction.phase === 'consult_held') return make({ customer: 'hold', [b]: 'talk' }, 'oSwapB', 'pSwapB')
      if (!consulting) return make({ customer: 'talk', [y]: 'talk' }, 'oResume', 'pResume')
      if (waits) return make({ customer: 'talk', [y]: 'talk', [b]: 'hold' }, 'oResume', 'pResume')
      return make({ customer: 'talk', [b]: 'hold' }, rings ? 'oResumeRing' : 'oResumeB', rings ? 'pResumeRing' : 'pResumeB')
    case 'consult': {
      if (interaction.phase !== 'conference')
        return make({ customer: 'hold' }, interaction.phase === 'held' ? 'oConsultHeld' : 'oConsult', 'pConsult')
      const waiting: Record<string, Room> = {}
      for (const person of found) if (person.kind !== 'you' && person.room === 'talk') waiting[person.id] = 'hold'
      return make(waiting, 'oConsultConf', 'pConsult')
    }
    case 'cancel-consult':
      return waits
        ? make({ customer: 'talk', [y]: 'talk', [b]: 'gone' }, 'oCancelWait', 'pCancelWait')
        : make({ customer: 'talk', [b]: 'gone' }, 'oCancel', 'pCancel')
    case 'transfer':
      if (consulting || interaction.phase === 'conference')
        return make({ customer: 'talk', [b]: 'talk', [y]: 'gone' }, 'oTransferB', 'pTransferB')
      return make({ customer: 'hold', [y]: 'gone' }, 'oBlind', 'pBlind')
    case 'conference':
      return make({ customer: 'talk', [b]: 'talk', [y]: 'talk' }, 'oConf', 'pConf')
    case 'leave-consult':
      return make(interaction.phase === 'consulting' ? { customer: 'talk', [y]: 'gone' } : { [y]: 'gone' }, null, 'pExitConsult')
    case 'leave-conference':
      return make({ [y]: 'gone' }, null, interaction.my_role === 'agent1' ? 'pExitConf' : 'pLeaveConf')
    case 'accept-transfer':
      return make({ customer: 'talk', [y]: 'talk' }, null, 'pAcceptTransfer')
    case 'decline-transfer':
      return make({ [y]: 'gone' }, null, 'pDeclineTransfer')
    case 'end-consult':
      return make(everybody, null, 'pEndConsult', true)
    case 'end':
      return make(everybody, null, interaction.phase === 'dialling' ? 'pEndCall' : 'pEnd', true)
    case 'mute':
      return make({}, null, 'pMute')
    case 'unmute':
      return make({}, null, 'pUnmute')
    case 'dtmf':
      return make({}, null, 'pKeypad')
    case 'recording':
      return make({}, null, interaction.recording === 'on' ? 'pRecOff' : 'pRecOn')
    case 'drop':
      return make({}, null, 'pDropB')
    case 'wrap-up':
    case 'extend-wrap-up':
      return make({}, null, 'wOwed')
  }
}

export type Slot = { action: Action; because: string | null }

function look(interaction: Interaction, ...wanted: readonly Action[]): Slot | null {
  for (const action of wanted) if (interaction.allowed.includes(action)) return { action, because: null }
  for (const action of wanted) {
    const because = interaction.refused[action]
    if (because !== undefined) return { action, because }
  }
  return null
}

/** The four places that never move, and what stands around them: drawn from `allowed` and `refused` only. */
export interface Controls {
  slots: readonly (Slot | null)[]
  line: readonly Slot[]
  ends: readonly Slot[]
}

export function controls(interaction: Interaction): Controls {
  const may = (action: Action) => interaction.allowed.includes(action)
  const { phase } = interaction
  const inConsult = phase === 'consult_offered' || phase === 'consulting' || phase === 'consult_held'
  const first = inConsult || phase === 'held' ? look(interaction, 'resume', 'hold') : look(interaction, 'hold', 'resume')
  const second = inConsult
    ? may('swap') || !may('cancel-consult')
      ? look(interaction, 'swap', 'consult')
      : look(interaction, 'cancel-consult')
    : look(interaction, 'consult')
  const third = look(interaction, 'transfer')
  const fourth = look(interaction, 'conference')
  const line = [look(interaction, 'unmute', 'mute'), look(interaction, 'dtmf'), look(interaction, 'recording')]
  // While muted, `mute` is refused and `unmute` allowed: one button. Where both are refused it says Mute.
  if (line[0] !== null && line[0] !== undefined && line[0].because !== null) line[0] = look(interaction, 'mute', 'unmute')
  const ends: Slot[] = []
  for (const action of ['cancel-consult', 'leave-consult', 'leave-conference', 'end-consult', 'end'] as const) {
    if (may(action) && action !== second?.action) ends.push({ action, because: null })
  }
  if (!ends.some((slot) => slot.action !== 'cancel-consult')) {
    const refused =
      interaction.my_role === 'agent2'
        ? look(interaction, phase === 'conference' ? 'leave-conference' : 'leave-consult')
        : ends.length > 0
          ? null
          : look(interaction, 'end')
    if (refused !== null) ends.push(refused)
  }
  return { slots: [first, second, third, fourth], line: line.filter((slot) => slot !== null), ends }
}
