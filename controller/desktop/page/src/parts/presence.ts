/** What a presence looks like and is called. */
import type { DeskState } from '../api/shapes'
import type { Word } from '../words/words'
import type { PresenceShape } from './icons'

export const STATES: Readonly<Record<DeskState, { shape: PresenceShape; word: Word; busy: Word | null }>> = {
  available: { shape: 'ok', word: 'available', busy: null },
  idle: { shape: 'idle', word: 'idle', busy: 'yIdlePlain' },
  not_answering: { shape: 'stop', word: 'notAnswering', busy: 'yNotAnswering' },
  offered: { shape: 'call', word: 'offered', busy: 'yOffered' },
  engaged: { shape: 'call', word: 'engaged', busy: 'yBusy' },
  wrap_up: { shape: 'wrap', word: 'wrapUp', busy: 'yWrap' },
  logged_off: { shape: 'off', word: 'loggedOff', busy: 'yOff' },
}

export function isDeskState(presence: string): presence is DeskState {
  return presence in STATES
}

const COLLEAGUE: Readonly<Record<string, { shape: PresenceShape; word: Word }>> = {
  available: { shape: 'ok', word: 'pAvail' },
  busy: { shape: 'call', word: 'pBusy' },
  away: { shape: 'idle', word: 'pAway' },
  unknown: { shape: 'unk', word: 'pUnknown' },
}

/** Somebody of an organisation; null: the word is their own tool's. */
export function colleaguePresence(presence: string): { shape: PresenceShape; word: Word } | null {
  return COLLEAGUE[presence.toLowerCase()] ?? null
}
