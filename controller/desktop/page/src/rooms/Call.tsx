/** The interaction that the agent is in: who, the rooms, the sentence, the four places, what ends, and the story. */
import { useEffect, useEffectEvent, useId, useRef, useState, type FocusEvent, type KeyboardEvent } from 'react'
import { Toolbar } from 'react-aria-components'
import type { Action, Interaction } from '../api/shapes'
import { Press, Remaining, Tag } from '../parts/controls'
import { Icon, type IconName } from '../parts/icons'
import { isPressed, keysInWords, type ShortcutName } from '../state/settings'
import { secondsLeft, secondsSince, useSecond, wholeSeconds } from '../state/tick'
import { Since, useDesk, useDeskState, useSettings, useWords } from '../state/use'
import { duration, isSameNumber } from '../words/words'
import { Keypad } from './Keypad'
import { controls, labelOf, outcome, type Outcome, type Slot } from './outcomes'
import type { Person } from './people'
import { MiniRooms, Rooms } from './Rooms'
import { isHeldTooLong, situation } from './situation'
import { Story } from './Story'
import { useInteraction, type Seen } from './useInteraction'

/** A place whose action has just changed takes no press for so long: the hand meant the one before. */
const CHANGED_MS = 400

const ENDING_ICON: Partial<Record<Action, IconName>> = { 'leave-consult': 'exit', 'leave-conference': 'exit', 'cancel-consult': 'x' }
const LINE_ICON: Partial<Record<Action, IconName>> = { mute: 'mic', unmute: 'micoff', dtmf: 'keypad', recording: 'rec' }

export function Call(props: {
  interaction: Interaction
  onConsult: () => void
  onTransfer: () => void
  onWrapUp: () => void
  away: boolean
}) {
  const { interaction, away } = props
  const desk = useDesk()
  const { t, tx, told } = useWords()
  const { state, pending, wrapUpReasons } = useDeskState()
  const seen = useInteraction(interaction)
  const { found, queueName } = seen
  const [preview, setPreview] = useState<Action | null>(null)
  const [keypad, setKeypad] = useState(false)
  // After a press nothing is previewed until pointer or focus moves: the eye wants the new truth.
  const quiet = useRef(false)
  const you = found.find((person) => person.kind === 'you')
  const isIn = you !== undefined && you.room !== 'gone'
  const owed = state.wrapUps[interaction.id]
  const now = useSecond()
  const alarm = isHeldTooLong(interaction, secondsSince(found.find((person) => person.kind === 'customer')?.since, now))

  const refusedBecause = (slot: Slot): string | null => (away ? t('rLost') : slot.because === null ? null : told(slot.because))
  const shown = controls(interaction)
  const press = (action: Action) => {
    quiet.current = true
    setPreview(null)
    const consulting = ['consult_offered', 'consulting', 'consult_held', 'conference'].includes(interaction.phase)
    if (action === 'consult') props.onConsult()
    else if (action === 'transfer' && !consulting) props.onTransfer()
    else if (action === 'dtmf') setKeypad((open) => !open)
    else if (action === 'recording') void desk.act(interaction, action, { on: interaction.recording !== 'on' })
    else void desk.act(interaction, action)
  }
  useShortcuts((name) => {
    const slot =
      name === 'slot1'
        ? shown.slots[0]
        : name === 'slot2'
          ? shown.slots[1]
          : name === 'slot3'
            ? shown.slots[2]
            : name === 'slot4'
              ? shown.slots[3]
              : name === 'mute'
                ? shown.line.find((each) => each.action === 'mute' || each.action === 'unmute')
                : name === 'keypad'
                  ? shown.line.find((each) => each.action === 'dtmf')
                  : name === 'end'
                    ? shown.ends[shown.ends.length - 1]
                    : name === 'accept' && interaction.allowed.includes('accept-transfer')
                      ? { action: 'accept-transfer' as const, because: null }
                      : name === 'decline' && interaction.allowed.includes('decline-transfer')
                        ? { action: 'decline-transfer' as const, because: null }
                        : null
    if (slot == null) return false
    if (refusedBecause(slot) === null) press(slot.action)
    else setPreview(slot.action)
    return true
  }, isIn)
  const looked = preview === null ? null : (find(shown, preview) ?? null)
  const foreseen = looked !== null && refusedBecause(looked) === null ? outcome(interaction, looked.action, found, seen) : null
  const look = (action: Action | null) => {
    if (action === null || !quiet.current) setPreview(action)
  }
  const wake = () => {
    quiet.current = false
  }
  const asked = interaction.allowed.includes('accept-transfer') || interaction.allowed.includes('decline-transfer')
  const title = interaction.customer.name || interaction.customer.number || t('unknownCaller')
  return (
    <>
      <article
        className="ix"
        aria-label={title}
        onPointerMove={(event) => !(event.target as Element).closest('[data-act]') && wake()}
        onKeyDown={(event) => (event.key === 'Tab' || event.key.startsWith('Arrow')) && wake()}
      >
        <div className="ixhead">
          <div className="grow">
            <h2>
              <bdi>{title}</bdi>
              {away ? <AsItWas /> : null}
            </h2>
            <p className="meta">
              {interaction.customer.number !== '' && !isSameNumber(interaction.customer.number, title) ? (
                <span className="num">{interaction.customer.number}</span>
              ) : null}
              {queueName === '' ? null : <span>{tx('queueOf', { q: queueName })}</span>}
              <span className="row rec">
                {interaction.recording === 'on' ? <RecordingDot /> : null}
                {t(interaction.recording === 'on' ? 'recOn' : 'recOff')}
              </span>
            </p>
          </div>
          <div className="clock">
            {interaction.phase === 'ended' ? (
              <time>{duration((Date.parse(interaction.phase_since) - Date.parse(interaction.started_at)) / 1000)}</time>
            ) : (
              <Since moment={interaction.started_at} />
            )}
            <span className="small muted">{t(interaction.direction === 'outbound' ? 'outbound' : 'inbound')}</span>
          </div>
        </div>
        <Rooms
          found={found}
          preview={foreseen}
          alarm={alarm}
          onDrop={
            interaction.allowed.includes('drop') && !away ? (person) => void desk.act(interaction, 'drop', { leg: person.leg }) : undefined
          }
        />
        <Sentence
          interaction={interaction}
          seen={seen}
          looked={looked}
          foreseen={foreseen}
          refused={looked === null ? null : refusedBecause(looked)}
        />
        {asked ? (
          <AskedBar interaction={interaction} onLook={look} away={away} />
        ) : isIn && (interaction.my_role === 'agent1' || interaction.my_role === 'agent2') && interaction.phase !== 'ended' ? (
          <div
            className="bar"
            onBlur={(event: FocusEvent) => !event.currentTarget.contains(event.relatedTarget) && look(null)}
            onKeyDown={toFirstOrLast}
          >
            {interaction.my_role === 'agent2' && shown.slots.every((slot) => slot === null) && interaction.phase !== 'conference' ? (
              <p className="msg act">
                <Icon name="info" />
                <span>{tx('leads', { a: seen.ownerName })}</span>
              </p>
            ) : null}
            <Toolbar aria-label={t('callControls')} className="toolbar">
              {shown.slots.some((slot) => slot !== null) ? (
                <div className="outcomes">
                  {shown.slots.map((slot, index) =>
                    slot === null ? (
                      <span key={index} />
                    ) : (
                      <Place
                        key={index}
                        slot={slot}
                        refused={refusedBecause(slot)}
                        foreseen={outcome(interaction, slot.action, found, seen)}
                        found={found}
                        looked={preview === slot.action}
                        pending={pending.has(`${interaction.id} ${slot.action}`)}
                        onLook={look}
                        onPress={press}
                      />
                    ),
                  )}
                </div>
              ) : null}
              <div className="line2">
                {shown.line.map((slot) => (
                  <LineButton
                    key={LINE_KEY[slot.action] ?? slot.action}
                    slot={slot}
                    refused={refusedBecause(slot)}
                    foreseen={outcome(interaction, slot.action, found, seen)}
                    look={`quietline ${slot.action === 'unmute' ? 'mute on-hold' : ''} ${slot.action === 'recording' ? 'recording' : ''}`}
                    icon={LINE_ICON[slot.action] ?? 'info'}
                    expanded={slot.action === 'dtmf' ? keypad : undefined}
                    pressed={slot.action === 'recording' ? interaction.recording === 'on' : undefined}
                    looked={preview === slot.action}
                    onLook={look}
                    onPress={press}
                  />
                ))}
                <span className="endgroup">
                  {shown.ends.map((slot) => (
                    <LineButton
                      key={slot.action}
                      slot={slot}
                      refused={refusedBecause(slot)}
                      foreseen={outcome(interaction, slot.action, found, seen)}
                      look={slot.action === 'cancel-consult' || slot.action === 'leave-conference' ? 'quietline' : 'stop'}
                      icon={ENDING_ICON[slot.action] ?? 'end'}
                      looked={preview === slot.action}
                      onLook={look}
                      onPress={press}
                    />
                  ))}
                </span>
              </div>
            </Toolbar>
            {keypad && interaction.allowed.includes('dtmf') ? (
              <Keypad onDigit={(digit) => void desk.sendDigit(interaction, digit)} onClose={() => setKeypad(false)} />
            ) : null}
          </div>
        ) : null}
        {interaction.allowed.includes('wrap-up') || owed !== undefined ? (
          <div className="bar">
            <div className="line2">
              <span className="sp" />
              <Press look="primary" icon="pen" onPress={props.onWrapUp}>
                {t('wrapTitle')}
              </Press>
            </div>
          </div>
        ) : isIn && interaction.my_role === 'agent1' && wrapUpReasons.length > 0 ? (
          <div className="bar prepare">
            <Press look="quiet s" icon="pen" onPress={props.onWrapUp}>
              {t('wrapPrepare')}
            </Press>
          </div>
        ) : null}
      </article>
      <Story interaction={interaction} />
    </>
  )
}

/** Home and End in the toolbar: to its first button and to its last. */
function toFirstOrLast(event: KeyboardEvent<HTMLElement>): void {
  const toolbar = event.target instanceof Element ? event.target.closest('[role=toolbar]') : null
  if (toolbar === null || (event.key !== 'Home' && event.key !== 'End')) return
  const buttons = [...toolbar.querySelectorAll('button')]
  buttons.at(event.key === 'Home' ? 0 : -1)?.focus()
  event.preventDefault()
}

const LINE_KEY: Partial<Record<Action, string>> = { mute: 'mute', unmute: 'mute' }

function find(shown: ReturnType<typeof controls>, action: Action): Slot | undefined {
  const all = [...shown.slots.filter((slot) => slot !== null), ...shown.line, ...shown.ends]
  return (
    all.find((slot) => slot.action === action) ??
    (action === 'accept-transfer' || action === 'decline-transfer' ? { action, because: null } : undefined)
  )
}

function RecordingDot() {
  return (
    <svg className="i recdot" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="6" fill="currentColor" stroke="none" />
    </svg>
  )
}

/** When the server was last heard, where it is away. */
export function AsItWas() {
  const { t, hour } = useWords()
  const { heardAt } = useDeskState()
  return (
    <span className="asof">
      <Tag icon="clock">{t('asItWas', { t: hour(heardAt, true) })}</Tag>
    </span>
  )
}

interface Watching {
  onLook: (action: Action | null) => void
  onPress: (action: Action) => void
}

function useWatch(action: Action, { onLook }: Pick<Watching, 'onLook'>) {
  return {
    'data-act': action,
    onPointerEnter: () => onLook(action),
    onPointerLeave: () => onLook(null),
    onFocus: (event: FocusEvent<HTMLElement>) => event.target.matches(':focus-visible') && onLook(action),
  }
}

/** One of the four places that never move. The whole card is pressed; its name is the button's word and nothing else. */
function Place({
  slot,
  refused,
  foreseen,
  found,
  looked,
  pending,
  onLook,
  onPress,
}: Watching & { slot: Slot; refused: string | null; foreseen: Outcome; found: readonly Person[]; looked: boolean; pending: boolean }) {
  const { t, tx } = useWords()
  const id = useId()
  const isFresh = useFresh(slot.action)
  const no = refused !== null
  const takesNoPress = no || isFresh || pending
  return (
    <div
      className={`ob ${looked ? 'on' : ''} ${no ? 'no' : ''} ${pending ? 'sent' : ''}`}
      onPointerEnter={() => onLook(slot.action)}
      onPointerLeave={() => onLook(null)}
      data-act={slot.action}
    >
      {no ? <Icon name="no" /> : <MiniRooms found={found} to={foreseen.to} />}
      <button
        type="button"
        className="lb"
        aria-disabled={takesNoPress || undefined}
        aria-describedby={id}
        onFocus={(event) => event.target.matches(':focus-visible') && onLook(slot.action)}
        onClick={() => !takesNoPress && onPress(slot.action)}
      >
        {t(labelOf(slot.action))}
      </button>
      <span className="oc" aria-hidden="true">
        {no ? t('notNow') : foreseen.short === null ? null : tx(foreseen.short, foreseen.shortValues)}
      </span>
      <span className="vh" id={id}>
        {no ? refused : upper(t(foreseen.will, foreseen.values))}
      </span>
    </div>
  )
}

/** Whether the action of a place has changed a moment ago. */
function useFresh(action: Action): boolean {
  const [settled, setSettled] = useState(action)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(action), CHANGED_MS)
    return () => clearTimeout(timer)
  }, [action])
  return settled !== action
}

function LineButton(
  props: Watching & {
    slot: Slot
    refused: string | null
    foreseen: Outcome
    look: string
    icon: IconName
    looked: boolean
    expanded?: boolean | undefined
    pressed?: boolean | undefined
  },
) {
  const { slot, refused, foreseen, look, icon, looked, expanded, pressed, onPress } = props
  const { t } = useWords()
  const id = useId()
  const watch = useWatch(slot.action, props)
  return (
    <>
      <button
        type="button"
        className={`btn ${look} ${looked ? 'on' : ''}`}
        aria-disabled={refused !== null || undefined}
        aria-describedby={id}
        aria-expanded={expanded}
        aria-pressed={pressed}
        onClick={() => refused === null && onPress(slot.action)}
        {...watch}
      >
        <Icon name={icon} />
        <span>{t(labelOf(slot.action))}</span>
      </button>
      <span className="vh" id={id}>
        {refused ?? upper(t(foreseen.will, foreseen.values))}
      </span>
    </>
  )
}

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function Sentence(props: { interaction: Interaction; seen: Seen; looked: Slot | null; foreseen: Outcome | null; refused: string | null }) {
  const { interaction, seen, looked, foreseen, refused } = props
  const { t, tx, told, colon } = useWords()
  const { keys } = useSettings()
  const { state } = useDeskState()
  const now = useSecond()
  const customer = seen.found.find((person) => person.kind === 'customer')
  const is = situation(interaction, seen.found, {
    viewer: state.me?.agent ?? '',
    ownerName: seen.ownerName,
    queueName: seen.queueName,
    consultQueueName: seen.consultQueueName,
    tooLong: isHeldTooLong(interaction, secondsSince(customer?.since, now)),
  })
  const news = told(interaction.news ?? interaction.notice ?? '')
  const spoken = `${news === '' ? '' : `${news} `}${t(is.word, is.values)}`
  let shown
  if (looked !== null && refused !== null)
    shown = (
      <p className="say no">
        <Icon name="no" />
        <span>
          <b>
            {t(labelOf(looked.action))}, {t('notNow').toLowerCase()}
            {colon}
          </b>{' '}
          {refused}
        </span>
      </p>
    )
  else if (looked !== null && foreseen !== null) {
    const shortcut = shortcutOf(looked.action)
    shown = (
      <p className={`say will ${foreseen.ends ? 'ends' : ''}`}>
        <Icon name="right" />
        <span className="grow">
          <b>
            {t(labelOf(looked.action))}
            {colon}
          </b>{' '}
          {tx(foreseen.will, foreseen.values)}
        </span>
        {shortcut === null ? null : <kbd>{keysInWords(keys[shortcut], t('shift'))}</kbd>}
      </p>
    )
  } else
    shown = (
      <p className={`say ${is.warn ? 'warn' : ''}`}>
        <Icon name={news === '' ? is.icon : 'alert'} />
        <span>
          {news === '' ? null : <>{news} </>}
          {tx(is.word, is.values)}
        </span>
      </p>
    )
  return (
    <>
      {shown}
      <p className="vh" role={is.warn ? 'alert' : 'status'}>
        {spoken}
      </p>
    </>
  )
}

function shortcutOf(action: Action): ShortcutName | null {
  switch (action) {
    case 'hold':
    case 'resume':
      return 'slot1'
    case 'consult':
    case 'swap':
    case 'cancel-consult':
      return 'slot2'
    case 'transfer':
      return 'slot3'
    case 'conference':
      return 'slot4'
    case 'mute':
    case 'unmute':
      return 'mute'
    case 'dtmf':
      return 'keypad'
    case 'accept':
    case 'accept-transfer':
      return 'accept'
    case 'decline':
    case 'decline-transfer':
      return 'decline'
    case 'end':
    case 'end-consult':
    case 'leave-consult':
      return 'end'
    default:
      return null
  }
}

/** Shortcuts are off in text fields; while a dialog is open only an offer's go on. */
export function useShortcuts(onShortcut: (name: ShortcutName) => boolean, active: boolean, inDialogs = false): void {
  const { keys } = useSettings()
  const pressed = useEffectEvent((event: globalThis.KeyboardEvent) => {
    const at = event.target instanceof Element ? event.target : null
    if (at?.closest('input, textarea, select, [contenteditable]')) return
    if (!inDialogs && document.querySelector('.scrim') !== null) return
    for (const [name, each] of Object.entries(keys)) {
      if (isPressed(each, event) && onShortcut(name as ShortcutName)) event.preventDefault()
    }
  })
  useEffect(() => {
    if (!active) return
    const listener = (event: globalThis.KeyboardEvent) => pressed(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [active])
}

/** Agent 2 is asked to take the call over. */
function AskedBar({ interaction, onLook, away }: { interaction: Interaction; onLook: (action: Action | null) => void; away: boolean }) {
  const desk = useDesk()
  const { t, told } = useWords()
  const { state } = useDeskState()
  const over = state.offer?.interaction === interaction.id ? state.offer.over_at : null
  const button = (action: 'accept-transfer' | 'decline-transfer', look: string, icon: IconName) => {
    const because = interaction.allowed.includes(action) ? null : told(interaction.refused[action] ?? '')
    return (
      <span
        data-act={action}
        onPointerEnter={() => onLook(action)}
        onPointerLeave={() => onLook(null)}
        onFocus={(event) => event.target.matches(':focus-visible') && onLook(action)}
        onBlur={() => onLook(null)}
      >
        <Press look={look} icon={icon} refused={away ? t('rLost') : because} onPress={() => void desk.act(interaction, action)}>
          {t(labelOf(action))}
        </Press>
      </span>
    )
  }
  return (
    <div className="bar">
      {over === null ? null : <Countdown overAt={over} from={interaction.phase_since} />}
      <div className="line2">
        {button('accept-transfer', 'accept big', 'check')}
        {button('decline-transfer', 'big', 'x')}
      </div>
    </div>
  )
}

/** The seconds that are left to answer, in words and as a bar. */
export function Countdown({ overAt, from }: { overAt: string; from: string }) {
  const { tx } = useWords()
  const now = useSecond()
  const left = secondsLeft(overAt, from, now)
  return (
    <div className="count">
      <span className="small num" role="timer" aria-live="off">
        {tx('secondsLeft', { n: left })}
      </span>
      <Remaining part={left / wholeSeconds(overAt, from)} />
    </div>
  )
}
