/** A supervisor's view: every interaction, every agent, every queue. */
import { memo, useState, type ReactNode } from 'react'
import { useFilter } from 'react-aria-components'
import * as api from '../api/api'
import type { AgentRow, Interaction, Queue } from '../api/shapes'
import { useInteraction } from '../rooms/useInteraction'
import { isHeldTooLong } from '../rooms/situation'
import { secondsSince, useSecond } from '../state/tick'
import { Since, useDesk, useDeskState, useIdleReason, useWords } from '../state/use'
import { duration } from '../words/words'
import { Press, SearchBox } from './controls'
import { DialogFrame } from './Dialogs'
import { Icon, Presence } from './icons'
import { longestWait, PhaseTag, WAIT_LONG_SECONDS } from './Lists'
import { STATES } from './presence'

type Filter = 'active' | 'queued' | 'done' | 'all'
const FILTERS = [
  ['active', 'fActive'],
  ['queued', 'fQueued'],
  ['done', 'fDone'],
  ['all', 'fAll'],
] as const

function isOf(filter: Filter, interaction: Interaction): boolean {
  const queued = interaction.phase === 'queued' || interaction.phase === 'offered'
  if (filter === 'all') return true
  if (filter === 'queued') return queued
  return filter === 'done' ? interaction.phase === 'ended' : !queued && interaction.phase !== 'ended'
}

const FILTER = 'ari-controller.filter'
const PLACE = 'ari-controller.place'

export function Supervisor({ away }: { away: boolean }) {
  const { t } = useWords()
  const { state } = useDeskState()
  const { contains } = useFilter({ sensitivity: 'base' })
  const [filter, setFilter] = useState<Filter>(() => FILTERS.find(([name]) => name === sessionStorage.getItem(FILTER))?.[0] ?? 'active')
  const [place, setPlace] = useState(() => sessionStorage.getItem(PLACE) ?? '')
  const [words, setWords] = useState('')
  const [ending, setEnding] = useState<Interaction | null>(null)
  const [changing, setChanging] = useState<AgentRow | null>(null)
  const rows = state.agents ?? []
  const names = new Map(rows.map((row) => [row.agent, row.name]))

  const interactions = [
    ...Object.values(state.interactions).sort((a, b) => a.started_at.localeCompare(b.started_at)),
    ...state.completed.filter((over) => !(over.id in state.interactions)),
  ]
  const queues = state.queueOrder.map((id) => state.queues[id]).filter((queue) => queue !== undefined)
  const teams = [...new Set(rows.map((row) => row.team ?? '').filter((team) => team !== ''))].sort((a, b) => a.localeCompare(b))
  const asked = (interaction: Interaction) =>
    (place === '' ||
      place === `queue ${interaction.queue}` ||
      interaction.agents.some((party) => place === `team ${rows.find((row) => row.agent === party.agent)?.team ?? ''}`)) &&
    (words === '' ||
      [interaction.customer.name, interaction.customer.number, ...interaction.agents.map((party) => party.name)].some((text) =>
        contains(text, words),
      ))
  const shown = interactions.filter((interaction) => isOf(filter, interaction) && asked(interaction))
  const agents = rows.filter(
    (row) =>
      (words === '' || contains(`${row.name} ${row.team ?? ''}`, words)) &&
      (place === '' || !place.startsWith('team ') || place === `team ${row.team ?? ''}`),
  )
  return (
    <main className="sup">
      <h1 className="vh">{t('supervision')}</h1>
      <div className="top">
        <div className="field place">
          <select
            className="input"
            aria-label={t('filterBy')}
            value={place}
            onChange={(event) => {
              sessionStorage.setItem(PLACE, event.target.value)
              setPlace(event.target.value)
            }}
          >
            <option value="">{t('everything')}</option>
            <optgroup label={t('queues')}>
              {queues.map((queue) => (
                <option key={queue.id} value={`queue ${queue.id}`}>
                  {queue.name}
                </option>
              ))}
            </optgroup>
            {teams.length === 0 ? null : (
              <optgroup label={t('agents')}>
                {teams.map((team) => (
                  <option key={team} value={`team ${team}`}>
                    {team}
                  </option>
                ))}
              </optgroup>
            )}
          </select>
        </div>
        <div className="find">
          <SearchBox label={t('search')} hint={t('phAgent')} value={words} onChange={setWords} />
        </div>
        <span className="grow" />
        <span className="small num row">{away ? null : <LiveAt />}</span>
      </div>
      <section className="panel">
        <div className="phead">
          <h2 id="sup-interactions">
            {t('interactions')} <span className="muted num count">{shown.length}</span>
          </h2>
          <div className="chipset" role="group" aria-label={t('filter')}>
            {FILTERS.map(([name, word]) => (
              <Press
                key={name}
                look="s"
                pressed={filter === name}
                onPress={() => {
                  sessionStorage.setItem(FILTER, name)
                  setFilter(name)
                }}
              >
                {t(word)} {interactions.filter((interaction) => isOf(name, interaction)).length}
              </Press>
            ))}
          </div>
        </div>
        <Table labelledBy="sup-interactions" empty={shown.length === 0 ? t('noInteractions') : null}>
          <thead>
            <tr>
              <th>{t('thCustomer')}</th>
              <th>{t('thQueue')}</th>
              <th>{t('thPhase')}</th>
              <th>{t('thAgents')}</th>
              <th className="n">{t('thSince')}</th>
              <th className="n">{t('thStarted')}</th>
              <th className="n">
                <span className="vh">{t('thActions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((interaction) => (
              <InteractionRow key={interaction.id} interaction={interaction} onEnd={setEnding} away={away} />
            ))}
          </tbody>
        </Table>
      </section>
      <div className="twocol">
        <section className="panel">
          <div className="phead">
            <h2 id="sup-agents">
              {t('agents')} <span className="muted num count">{agents.length}</span>
            </h2>
          </div>
          <Table labelledBy="sup-agents" empty={agents.length === 0 ? t('noAgents') : null}>
            <thead>
              <tr>
                <th>{t('thAgent')}</th>
                <th>{t('thState')}</th>
                <th className="n">{t('thSince')}</th>
                <th>{t('thCall')}</th>
                <th className="n">
                  <span className="vh">{t('thActions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {agents.map((row) => (
                <AgentLine
                  key={row.agent}
                  row={row}
                  interaction={row.interaction == null ? undefined : state.interactions[row.interaction]}
                  onChange={setChanging}
                  refused={away ? t('rLost') : null}
                />
              ))}
            </tbody>
          </Table>
        </section>
        <section className="panel">
          <div className="phead">
            <h2 id="sup-queues">
              {t('queues')} <span className="muted num count">{queues.length}</span>
            </h2>
          </div>
          <Table labelledBy="sup-queues" empty={queues.length === 0 ? t('noQueues') : null}>
            <thead>
              <tr>
                <th>{t('thQueue')}</th>
                <th className="n">{t('thWaiting')}</th>
                <th className="n">{t('thLongest')}</th>
                <th className="n">{t('thFree')}</th>
                <th className="n">{t('thEngaged')}</th>
                <th className="n">{t('thAfter')}</th>
              </tr>
            </thead>
            <tbody>
              {queues.map((queue) => (
                <QueueRow key={queue.id} queue={queue} />
              ))}
            </tbody>
          </Table>
        </section>
      </div>
      {ending === null ? null : <EndDialog interaction={ending} names={names} onClose={() => setEnding(null)} />}
      {changing === null ? null : <StateDialog row={changing} onClose={() => setChanging(null)} />}
    </main>
  )
}

function Table({ labelledBy, empty, children }: { labelledBy: string; empty: string | null; children: ReactNode }) {
  return (
    <>
      {/* It scrolls sideways where it is narrow, and by keyboard too. */}
      <div className="scroll" tabIndex={0} role="region" aria-labelledby={labelledBy}>
        <table>{children}</table>
      </div>
      {empty === null ? null : <p className="small muted nothing">{empty}</p>}
    </>
  )
}

function LiveAt() {
  const { t, hour } = useWords()
  const now = useSecond()
  return <Presence shape="ok">{t('liveAt', { t: hour(now * 1000, true) })}</Presence>
}

function QueueRow({ queue }: { queue: Queue }) {
  const { t } = useWords()
  const now = useSecond(queue.waiting > 0)
  const longest = longestWait(queue, now)
  const long = longest >= WAIT_LONG_SECONDS
  return (
    <tr className={long ? 'alarm' : ''}>
      <td>
        <b>
          <bdi>{queue.name}</bdi>
        </b>
        {long ? (
          <span className="small row p-idle">
            <Icon name="alert" />
            {t('tooLong')}
          </span>
        ) : null}
      </td>
      <td className="n">
        <b>{queue.waiting}</b>
      </td>
      <td className="n">{queue.waiting === 0 ? t('none') : duration(longest)}</td>
      <td className="n">{queue.agents.available ?? 0}</td>
      <td className="n">{(queue.agents.engaged ?? 0) + (queue.agents.offered ?? 0)}</td>
      <td className="n">{queue.agents.wrap_up ?? 0}</td>
    </tr>
  )
}

/** There may be hundreds of them and a thousand agents: a row is drawn again when something of it has changed. */
const InteractionRow = memo(function InteractionRow(props: {
  interaction: Interaction
  onEnd: (interaction: Interaction) => void
  away: boolean
}) {
  const { interaction, away } = props
  const { t, told } = useWords()
  const { queueName } = useInteraction(interaction)
  const now = useSecond(interaction.phase === 'held')
  const who = interaction.customer.name || interaction.customer.number || t('unknownCaller')
  const long =
    interaction.phase === 'held' &&
    isHeldTooLong(interaction, secondsSince(interaction.customer.held_since ?? interaction.phase_since, now))
  const refused = away ? t('rLost') : interaction.allowed.includes('end') ? null : told(interaction.refused.end ?? t('notNow'))
  const there = interaction.agents.filter((party) => party.leg !== 'gone').map((party) => party.name)
  return (
    <tr className={long ? 'alarm' : ''}>
      <td>
        <b className="num">
          <bdi>{who}</bdi>
        </b>
      </td>
      <td>
        <bdi>{queueName}</bdi>
      </td>
      <td>
        <PhaseTag interaction={interaction} owed={false} /> {long ? <span className="small holdword">{t('holdAlarm')}</span> : null}
      </td>
      <td>
        {there.length === 0
          ? t('none')
          : there.map((name, index) => (
              <span key={index}>
                {index > 0 ? ', ' : ''}
                <bdi>{name}</bdi>
              </span>
            ))}
      </td>
      <td className="n">
        <Since moment={interaction.phase_since} />
      </td>
      <td className="n">
        {interaction.phase === 'ended' ? (
          <time>{duration((Date.parse(interaction.phase_since) - Date.parse(interaction.started_at)) / 1000)}</time>
        ) : (
          <Since moment={interaction.started_at} />
        )}
      </td>
      <td className="n">
        {interaction.gone === true ? null : (
          <Press look="s" label={t('endItOf', { c: who })} refused={refused} onPress={() => props.onEnd(interaction)}>
            {t('end')}
          </Press>
        )}
      </td>
    </tr>
  )
})

const AgentLine = memo(function AgentLine(props: {
  row: AgentRow
  interaction: Interaction | undefined
  onChange: (row: AgentRow) => void
  refused: string | null
}) {
  const { row, interaction, refused } = props
  const { t } = useWords()
  const reasonName = useIdleReason()
  const is = STATES[row.state]
  const reason = reasonName(row.idle_reason)
  return (
    <tr>
      <td>
        <b>
          <bdi>{row.name}</bdi>
        </b>
        <span className="small muted block">{row.team}</span>
      </td>
      <td>
        <Presence shape={is.shape}>{row.state === 'idle' && reason !== '' ? t('idleR', { r: reason }) : t(is.word)}</Presence>
      </td>
      <td className="n">{row.state === 'logged_off' ? t('none') : <Since moment={row.state_since} />}</td>
      <td className="muted">{interaction === undefined ? null : <PhaseTag interaction={interaction} owed={false} />}</td>
      <td className="n">
        <Press
          look="s"
          label={t('changeStateOf', { a: row.name })}
          refused={row.state === 'logged_off' ? t('loggedOff') : refused}
          onPress={() => props.onChange(row)}
        >
          {t('changeState')}
        </Press>
      </td>
    </tr>
  )
})

function EndDialog({ interaction, names, onClose }: { interaction: Interaction; names: ReadonlyMap<string, string>; onClose: () => void }) {
  const desk = useDesk()
  const { t, tx } = useWords()
  const who = [
    interaction.customer.name || interaction.customer.number,
    ...interaction.agents
      .filter((party) => party.leg !== 'gone')
      .map((party) => (party.agent === null ? party.name : (names.get(party.agent) ?? party.name))),
  ]
  const list = who.filter((name) => name !== '').join(', ')
  return (
    <DialogFrame
      role="alertdialog"
      title={t('endQ')}
      closeButton={false}
      onClose={onClose}
      body={
        <div className="db">
          <p>{list === '' ? t('endQPlain') : tx('endQText', { n: list })}</p>
        </div>
      }
      foot={
        <>
          <span className="grow" />
          <Press onPress={onClose} autoFocus>
            {t('cancel')}
          </Press>
          <Press
            look="stop"
            icon="end"
            onPress={() => {
              void desk.act(interaction, 'end')
              onClose()
            }}
          >
            {t('end')}
          </Press>
        </>
      }
    />
  )
}

function StateDialog({ row, onClose }: { row: AgentRow; onClose: () => void }) {
  const desk = useDesk()
  const { t } = useWords()
  const { idleReasons } = useDeskState()
  const [chosen, setChosen] = useState(row.state === 'available' ? 'idle ' : 'available ')
  const options: [string, string][] = [
    ['available ', t('available')],
    ['idle ', t('idle')],
    ...idleReasons.map((reason): [string, string] => [`idle ${reason.id}`, t('idleR', { r: reason.name })]),
  ]
  const send = async () => {
    const [state, reason] = chosen.split(' ')
    try {
      await api.setAgentState(row.agent, state === 'available' ? 'available' : 'idle', reason ?? '')
    } catch (no) {
      desk.failed(no)
    }
    onClose()
  }
  return (
    <DialogFrame
      title={t('changeStateOf', { a: row.name })}
      intro={t('changeStateHint')}
      closeButton={false}
      onClose={onClose}
      body={
        <div className="db">
          <fieldset>
            <legend>{t('state')}</legend>
            {options.map(([value, text]) => (
              <label className="radio" key={value}>
                <input type="radio" name="state" checked={chosen === value} onChange={() => setChosen(value)} />
                <span>{text}</span>
              </label>
            ))}
          </fieldset>
        </div>
      }
      foot={
        <>
          <span className="grow" />
          <Press onPress={onClose}>{t('cancel')}</Press>
          <Press look="primary" onPress={() => void send()}>
            {t('changeState')}
          </Press>
        </>
      }
    />
  )
}
