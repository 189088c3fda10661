/**
 * What the API gives, as far as the page reads it. Moments are RFC 3339 texts.
 *
 * Written by hand and tolerant on purpose: a page that is a version older or newer than its controller (a tab that was left open over an
 * update) must still show the call. What a version may lack is optional.
 */
export type Leg = 'ringing' | 'talking' | 'held' | 'gone'
export type Role = 'customer' | 'agent1' | 'agent2' | 'former' | 'supervisor'
export type Phase =
  | 'queued'
  | 'offered'
  | 'connected'
  | 'held'
  | 'consult_offered'
  | 'consulting'
  | 'consult_held'
  | 'transfer_asked'
  | 'conference'
  | 'transferring'
  | 'dialling'
  | 'handed_out'
  | 'ended'
export type Action =
  | 'accept'
  | 'decline'
  | 'hold'
  | 'resume'
  | 'swap'
  | 'consult'
  | 'cancel-consult'
  | 'transfer'
  | 'accept-transfer'
  | 'decline-transfer'
  | 'conference'
  | 'leave-consult'
  | 'leave-conference'
  | 'drop'
  | 'end-consult'
  | 'end'
  | 'mute'
  | 'unmute'
  | 'dtmf'
  | 'wrap-up'
  | 'extend-wrap-up'
  | 'recording'

export interface Customer {
  number: string
  name: string
  /** Null: they are called as soon as the agent's own telephone has been answered. */
  leg: Leg | null
  muted?: boolean
  /** Since when the owner has had them on hold. */
  held_since?: string | null
}

export interface Party {
  /** Null: somebody who is not one of our agents. */
  agent: string | null
  name: string
  number: string
  role: Role
  leg: Leg
  muted?: boolean
  /** What `drop` names. */
  leg_id?: string
}

export interface Consult {
  kind: TargetKind
  id?: string
  name: string
  stage?: 'waiting' | 'ringing' | 'talking' | 'held'
  position?: number | null
  expected_wait_seconds?: number | null
  asked_at: string
}

export interface Interaction {
  id: string
  revision: number
  phase: Phase
  /** Null: a call that was begun for no queue. */
  queue: string | null
  entry_point: string | null
  direction: string
  my_role: Role | null
  owner: string | null
  started_at: string
  phase_since: string
  customer: Customer
  agents: readonly Party[]
  consult: Consult | null
  recording?: 'off' | 'on'
  /** The customer has been on hold for longer than the site wants. */
  hold_alarm?: boolean
  /** A sentence for the owner on what just happened; empty: nothing to say. */
  news?: string
  notice?: string
  allowed: readonly Action[]
  refused: Readonly<Partial<Record<Action, string>>>
  /** The viewer sees it for the last time. */
  gone?: boolean
}

export interface WrapUp {
  interaction: string
  asked_at: string
  /** Null: extended, without a limit. */
  over_at: string | null
  default?: string | null
  extended?: boolean
}

export type DeskState = 'logged_off' | 'available' | 'idle' | 'not_answering' | 'offered' | 'engaged' | 'wrap_up'

export interface TelephoneState {
  kind: 'browser' | 'desk'
  registered: boolean
  since?: string | null
}

export interface PasswordRules {
  may_change: boolean
  letters_min: number
}

export interface Me {
  agent: string
  name: string
  role: 'agent' | 'supervisor'
  state: DeskState
  /** Since when they are in it. */
  state_since?: string | null
  idle_reason: string | null
  next_state: DeskState | null
  next_reason?: string | null
  interaction: string | null
  wrap_ups: readonly WrapUp[]
  telephone?: TelephoneState | null
}

export interface Queue {
  id: string
  name: string
  waiting: number
  longest_wait: number
  waiting_since: string | null
  agents: Readonly<Partial<Record<DeskState | 'no_telephone', number>>>
  gone?: boolean
}

export interface Offer {
  interaction: string
  consult: boolean
  why?: 'line' | 'ring_back' | 'transfer' | 'consult'
  over_at: string | null
}

export type Frame =
  | {
      type: 'snapshot'
      seq: number
      me: Me
      interactions: readonly Interaction[]
      queues: readonly Queue[]
      agents?: readonly AgentRow[] | null
    }
  | { type: 'interaction'; seq: number; interaction: Interaction }
  | { type: 'me'; seq: number; me: Me }
  | { type: 'queue'; seq: number; queue: Queue }
  | { type: 'agent'; seq: number; agent: AgentRow }
  | { type: 'offer'; seq: number; offer: Offer }
  | { type: 'wrap_up'; seq: number; wrap_up: WrapUp }
  | { type: 'refused'; seq: number; refused: { because: string } }

export type EntryKind = 'agent' | 'queue' | 'entry_point' | 'number' | 'organisation'
export type TargetKind = EntryKind
export type Target = { kind: Exclude<TargetKind, 'number'>; id: string } | { kind: 'number'; number: string }

export interface DirectoryEntry {
  kind: EntryKind
  id: string
  name: string
  detail: string
  number?: string | null
  presence: string
  presence_as_of?: string | null
  presence_since?: string | null
  idle_reason?: string | null
  available: boolean
  because?: string | null
}

export interface Directory {
  entries: readonly DirectoryEntry[]
  as_of: string
  stale: boolean
  because?: string | null
  truncated: boolean
}

export interface Reason {
  id: string
  name: string
}

export interface NumberPreview {
  kept: string
  dial?: string | null
  e164?: string | null
  national?: string | null
  international?: string | null
  region?: string | null
  kind: 'outside' | 'emergency' | 'short-code' | 'agent' | 'entry_point' | 'extension' | 'none'
  type?: string | null
  id?: string | null
  name?: string | null
  verified: boolean
  allowed: boolean
  code?: string | null
  because?: string | null
  warning?: string | null
}

export interface Telephone {
  kind: 'browser' | 'desk'
  registered: boolean
  /** It is in another window, of another login. */
  elsewhere?: boolean
  user?: string | null
  password?: string | null
  websocket?: string | null
  /** The telephone on the desk, as Asterisk names it. */
  desk?: string | null
  expires_at?: string | null
}

/** An agent as a supervisor sees them. */
export interface AgentRow {
  agent: string
  name: string
  team?: string
  role?: string
  state: DeskState
  state_since?: string | null
  idle_reason?: string | null
  next_state?: DeskState | null
  interaction?: string | null
  telephone?: TelephoneState | null
  /** The site has them no more. */
  gone?: boolean
}

export type Doing =
  | 'queued'
  | 'rang'
  | 'dialling'
  | 'waiting'
  | 'asked'
  | 'talked'
  | 'held'
  | 'consulted'
  | 'conferenced'
  | 'transferring'
  | 'handed_out'
  | 'wrapped_up'

/** A while in which somebody did one thing. */
export interface ToldSegment {
  /** Names them through all their roles: an agent's id; `customer`; the leg of whoever else is not one of ours. */
  who: string
  name: string
  agent: string | null
  doing: Doing
  from: string
  /** Null: it goes on. */
  to: string | null
}

/** Somebody after a step. */
export interface ToldParty {
  who: string
  name: string
  agent: string | null
  /** Null: their leg is gone, or not there yet. */
  room: 'talk' | 'hold' | null
  standing: 'ringing' | 'up' | 'gone'
  on_hold: boolean
}

/** The life of an interaction, as it was recorded. */
export interface Story {
  interaction: string
  /** There are earlier steps that are not told. */
  partial: boolean
  steps: readonly { at: string; parties: readonly ToldParty[] }[]
  segments: readonly ToldSegment[]
}
