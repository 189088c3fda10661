/** Beside the call: the agent's own interactions and the last ones, queues, colleagues. */
import { useEffect, useState } from 'react'
import * as api from '../api/api'
import type { DirectoryEntry, Interaction, Queue } from '../api/shapes'
import { OfferTask } from '../rooms/Offer'
import { phaseWord, shortPhaseWord } from '../rooms/situation'
import { useInteraction } from '../rooms/useInteraction'
import { otherOf, talkers } from '../rooms/people'
import { isOffered } from '../state/reducer'
import { secondsSince, useSecond } from '../state/tick'
import { Since, useDeskState, useIdleReason, useWords } from '../state/use'
import { duration, shortName, type Word } from '../words/words'
import { Press, SearchBox, Tag } from './controls'
import { Icon, Presence, type IconName } from './icons'
import { isDeskState, STATES } from './presence'
import { useTelephoneReady } from './Header'

/** Longer than this is too long to wait in a line. */
export const WAIT_LONG_SECONDS = 300
const COLLEAGUES_MS = 10_000

const PHASE_TAG: Readonly<Record<Interaction['phase'], readonly [string, IconName]>> = {
  queued: ['hold', 'clock'],
  offered: ['act', 'bell'],
  connected: ['talk', 'waves'],
  held: ['hold', 'music'],
  consult_offered: ['act', 'bell'],
  consulting: ['talk', 'waves'],
  consult_held: ['talk', 'waves'],
  transfer_asked: ['act', 'right'],
  conference: ['talk', 'waves'],
  transferring: ['act', 'right'],
  dialling: ['act', 'bell'],
  handed_out: ['', 'right'],
  ended: ['', 'end'],
}

/** Where an interaction is, in a few words. */
export function PhaseTag({ interaction, owed, short = false }: { interaction: Interaction; owed: boolean; short?: boolean }) {
  const { tx, t } = useWords()
  const { found, ownerName, consultQueueName } = useInteraction(interaction)
  if (owed)
    return (
      <Tag look="wrap" icon="pen">
        {t('wOwed')}
      </Tag>
    )
  const other = otherOf(found, interaction)
  const me = found.find((person) => person.kind === 'you')
  const [look, icon] = PHASE_TAG[interaction.phase]
  if (me !== undefined && interaction.phase === 'transfer_asked' && interaction.my_role === 'agent2')
    return (
      <Tag look={look} icon={icon}>
        {t('transferAsked')}
      </Tag>
    )
  if (me !== undefined && interaction.my_role === 'agent2' && interaction.phase !== 'conference')
    return (
      <Tag look="talk" icon="waves">
        {tx('consulted', { a: ownerName })}
      </Tag>
    )
  if (me?.muted === true && me.room === 'talk')
    return (
      <Tag look="hold" icon="micoff">
        {t('cMuted')}
      </Tag>
    )
  return (
    <Tag look={look} icon={icon}>
      {tx(short ? shortPhaseWord(interaction) : phaseWord(interaction), {
        a: ownerName,
        b: shortName(other?.name ?? ''),
        q: consultQueueName,
        n: talkers(found).length,
      })}
    </Tag>
  )
}

function Task({ interaction, current, onOpen }: { interaction: Interaction; current: boolean; onOpen: () => void }) {
  const { t, tx } = useWords()
  const { state } = useDeskState()
  const { queueName } = useInteraction(interaction)
  const owed = interaction.id in state.wrapUps
  const who = interaction.customer.name || interaction.customer.number || t('unknownCaller')
  return (
    <button type="button" className="task" aria-current={current || undefined} onClick={onOpen}>
      <span className="row">
        <span className="t clip grow">
          <bdi>{who}</bdi>
        </span>
        {interaction.phase === 'ended' ? null : <Since moment={interaction.started_at} />}
      </span>
      <span className="small muted clip">{interaction.direction === 'outbound' ? t('outbound') : tx('queueOf', { q: queueName })}</span>
      <span>
        <PhaseTag interaction={interaction} owed={owed} short />
      </span>
    </button>
  )
}

export function Mine(props: {
  interactions: readonly Interaction[]
  current: string | null
  onOpen: (id: string) => void
  onNewCall: () => void
}) {
  const { t } = useWords()
  const { state } = useDeskState()
  const ready = useTelephoneReady()
  const viewer = state.me?.agent ?? null
  const busy = state.me?.state === 'engaged' || state.me?.state === 'offered'
  return (
    <section className="sec">
      <h2 className="h">{t('myWork')}</h2>
      {props.interactions.length === 0 ? <p className="small muted">{t('nothingTitle')}.</p> : null}
      {props.interactions.map((interaction) =>
        isOffered(interaction, viewer) ? (
          <OfferTask key={interaction.id} interaction={interaction} />
        ) : (
          <Task
            key={interaction.id}
            interaction={interaction}
            current={interaction.id === props.current}
            onOpen={() => props.onOpen(interaction.id)}
          />
        ),
      )}
      <span className="newcall">
        <Press icon="phone" refused={busy ? t('rBusyCall') : ready === false ? t('rNoPhone') : null} onPress={props.onNewCall}>
          {t('newCall')}
        </Press>
      </span>
    </section>
  )
}

export function History() {
  const { t, hour } = useWords()
  const { state, loggedInAt } = useDeskState()
  return (
    <section className="sec">
      <h2 className="h">{t('lastOnes')}</h2>
      {loggedInAt === null ? null : <p className="small muted">{t('sinceLogin', { t: hour(loggedInAt) })}</p>}
      {state.history.length === 0 ? (
        <p className="small muted">{t('noneYet')}</p>
      ) : (
        <ul className="hist">
          {state.history.map((past) => (
            <li key={past.id}>
              <time>{hour(past.startedAt)}</time>
              <span className="clip num" title={past.who}>
                <bdi>{past.who || t('unknownCaller')}</bdi>
              </span>
              <time>{duration(past.seconds)}</time>
              <span className="r clip">{[past.queue, past.reason].filter((part) => part !== '').join(' · ')}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** How long the longest has waited, by the server's moments. */
export function longestWait(queue: Queue, now: number): number {
  return queue.waiting === 0 ? 0 : secondsSince(queue.waiting_since, now)
}

export function Queues() {
  const { t, tx } = useWords()
  const { state } = useDeskState()
  const now = useSecond()
  const queues = state.queueOrder.map((id) => state.queues[id]).filter((queue) => queue !== undefined)
  return (
    <section className="sec">
      <h2 className="h">{t('queues')}</h2>
      {queues.length === 0 ? <p className="small muted">{t('noQueues')}</p> : null}
      <ul className="people qs">
        {queues.map((queue) => {
          const free = queue.agents.available ?? 0
          const longest = longestWait(queue, now)
          return (
            <li key={queue.id}>
              <span>
                <bdi>{queue.name}</bdi>
              </span>
              <span className="num">{t('waitN', { n: queue.waiting })}</span>
              <span className="small muted num">{queue.waiting > 0 ? tx('longest', { t: duration(longest) }) : ''}</span>
              <span className={`small num ${free > 0 ? 'muted' : 'p-stop'}`}>{t('freeN', { n: free })}</span>
              {longest >= WAIT_LONG_SECONDS ? (
                <span className="small row p-idle toolong">
                  <Icon name="alert" />
                  {t('tooLong')}
                </span>
              ) : null}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** Colleagues and their presence, with its age where it may be old. */
export function Colleagues() {
  const { t, hour } = useWords()
  const { session, lostSince, state } = useDeskState()
  const reasonName = useIdleReason()
  const [words, setWords] = useState('')
  const [entries, setEntries] = useState<readonly DirectoryEntry[]>([])
  const [more, setMore] = useState(false)
  const [asOf, setAsOf] = useState<string | null>(null)
  // The figures of the queues change with every agent's state: then presence is asked for again, at most once in a while.
  const figures = state.queueOrder.map((id) => JSON.stringify(state.queues[id]?.agents ?? {})).join()
  useEffect(() => {
    if (session !== 'in' || lostSince !== null) return
    let stopped = false
    const load = () =>
      void api.directory('agent', words, false).then(
        (directory) => {
          if (stopped) return
          setEntries(directory.entries)
          setMore(directory.truncated)
          setAsOf(directory.as_of)
        },
        () => undefined, // the banner says that the server is away; this list says how old it is
      )
    const first = setTimeout(load, 250)
    const again = setInterval(load, COLLEAGUES_MS)
    return () => {
      stopped = true
      clearTimeout(first)
      clearInterval(again)
    }
  }, [session, lostSince, words, figures])
  return (
    <section className="sec">
      <h2 className="h">{t('colleagues')}</h2>
      <SearchBox label={t('searchColleague')} hint={t('phAgent')} value={words} onChange={setWords} />
      {entries.length === 0 && asOf !== null ? <p className="small muted">{t('noColleagues')}</p> : null}
      <ul className="people">
        {entries
          .filter((entry) => entry.id !== state.me?.agent)
          .map((entry) => {
            const is = isDeskState(entry.presence) ? STATES[entry.presence] : null
            return (
              <li key={entry.id}>
                <span className="clip" title={entry.name}>
                  <bdi>{entry.name}</bdi>
                </span>
                <span className="num muted">{entry.presence === 'logged_off' ? null : <Since moment={entry.presence_since} />}</span>
                {is === null ? (
                  <Presence shape="unk">{entry.presence}</Presence>
                ) : (
                  <Presence shape={is.shape}>
                    {entry.idle_reason == null ? t(is.word) : t('idleR', { r: reasonName(entry.idle_reason) })}
                  </Presence>
                )}
                <span className="small muted clip">{entry.detail}</span>
              </li>
            )
          })}
      </ul>
      {more ? <p className="small muted">{t('moreFound')}</p> : null}
      {asOf === null ? null : <p className="small muted num">{t('asOf', { t: hour(asOf, true) })}</p>}
    </section>
  )
}

export type ListName = 'interactions' | 'queues' | 'colleagues'
export const LIST_WORDS: readonly (readonly [ListName, Word])[] = [
  ['interactions', 'interactions'],
  ['queues', 'queuesTab'],
  ['colleagues', 'colleagues'],
]
