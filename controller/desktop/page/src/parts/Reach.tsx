/** Whom to consult, to transfer to, or to call: five kinds as tabs, one dialog for the three. */
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react'
import {
  Autocomplete,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  SearchField,
  Tab,
  TabList,
  TabPanel,
  Tabs,
  type Key,
} from 'react-aria-components'
import * as api from '../api/api'
import { Refused, serverNow } from '../api/api'
import type { Directory, DirectoryEntry, EntryKind, Interaction, NumberPreview, Target } from '../api/shapes'
import type { Person } from '../rooms/people'
import { MiniRooms } from '../rooms/Rooms'
import { useInteraction } from '../rooms/useInteraction'
import { Since, useDesk, useDeskState, useIdleReason, useWords, type Speaker } from '../state/use'
import { marks } from '../words/marks'
import { duration, regionName, type Word } from '../words/words'
import { Message, Press, ScrollBox, Tag } from './controls'
import { DialogFrame } from './Dialogs'
import { Icon, Presence } from './icons'
import { colleaguePresence, isDeskState, STATES } from './presence'

export type Purpose = 'consult' | 'transfer' | 'call'

const KINDS: readonly (readonly [EntryKind, Word, Word])[] = [
  ['agent', 'kAgent', 'phAgent'],
  ['queue', 'kQueue', 'phQueue'],
  ['entry_point', 'kEntry', 'phEntry'],
  ['number', 'kNumber', 'phAgent'],
  ['organisation', 'kOrg', 'phOrg'],
]
/** Who begins a call calls somebody who is no agent: the server refuses the others. */
const CALLED: readonly EntryKind[] = ['number', 'organisation']
/** Letters that come as fast as keys bounce are one question. What a person types each asks: the list is to follow them within 200 ms. */
const TYPING_MS = 30
const REFRESH_MS = 5000

interface Listed {
  words: string
  directory: Directory | null
  loading: boolean
  failed: string | null
}
const EMPTY: Listed = { words: '', directory: null, loading: false, failed: null }

export function ReachDialog({
  purpose,
  interaction,
  onClose,
  onDone,
}: {
  purpose: Purpose
  interaction: Interaction | null
  onClose: () => void
  onDone: () => void
}) {
  const desk = useDesk()
  const { t, tx, told } = useWords()
  const { failure } = useDeskState()
  const [kind, setKind] = useState<EntryKind>(purpose === 'call' ? 'number' : 'agent')
  const [lists, setLists] = useState<Partial<Record<EntryKind, Listed>>>({})
  const [chosen, setChosen] = useState<DirectoryEntry | null>(null)
  const [number, setNumber] = useState<NumberChoice>(NO_NUMBER)
  const [sending, setSending] = useState(false)
  const list = lists[kind] ?? EMPTY
  const kinds = purpose === 'call' ? KINDS.filter(([id]) => CALLED.includes(id)) : KINDS
  const latest = useRef(0)

  const load = useEffectEvent(async (of: EntryKind, words: string, refresh: boolean) => {
    const turn = ++latest.current
    const put = (change: Partial<Listed>) => setLists((before) => ({ ...before, [of]: { ...(before[of] ?? EMPTY), ...change } }))
    put({ loading: true })
    try {
      const directory = await api.directory(of, words, refresh)
      if (turn !== latest.current) return // an older question's answer
      put({ directory, loading: false, failed: null })
      setChosen((before) =>
        before === null ? null : (directory.entries.find((entry) => entry.kind === before.kind && entry.id === before.id) ?? before),
      )
    } catch (no) {
      if (turn === latest.current) put({ loading: false, failed: no instanceof Refused ? told(no.because) : t('noServer') })
    }
  })
  const { words } = list
  const loaded = list.directory !== null
  useEffect(() => {
    const timer = setTimeout(() => void load(kind, words, false), loaded ? TYPING_MS : 0)
    return () => clearTimeout(timer)
    // The list of this kind and these words; that it has come is no reason to ask again.
  }, [kind, words])
  useEffect(() => {
    const timer = setInterval(() => void load(kind, words, false), REFRESH_MS)
    return () => clearInterval(timer)
  }, [kind, words])

  const preview = number.preview
  const because =
    kind === 'number'
      ? number.typed.trim() === ''
        ? t('typeNumber')
        : preview === null
          ? ''
          : preview.allowed
            ? null
            : told(preview.because ?? t('numberNo'))
      : chosen === null || chosen.kind !== kind
        ? t('chooseOne')
        : chosen.available
          ? null
          : told(chosen.because ?? t('notChoosable'))
  const send = async () => {
    if (sending || because !== null) return
    const target: Target = kind === 'number' ? { kind: 'number', number: preview?.kept ?? '' } : { kind, id: chosen?.id ?? '' }
    setSending(true)
    const done =
      interaction === null
        ? await desk.callOut(target)
        : await desk.act(interaction, purpose === 'transfer' ? 'transfer' : 'consult', { target })
    setSending(false)
    if (done) onDone()
  }
  const title = t(purpose === 'consult' ? 'consultRequest' : purpose === 'transfer' ? 'transfer' : 'newCall')
  const chosenName =
    kind === 'number'
      ? preview?.allowed === true
        ? (preview.name ?? preview.national ?? preview.dial ?? preview.kept)
        : ''
      : chosen?.kind === kind
        ? chosen.name
        : ''
  return (
    <DialogFrame
      size="fix"
      title={title}
      intro={t(purpose === 'consult' ? 'dIntro' : purpose === 'transfer' ? 'dIntroTransfer' : 'dIntroCall')}
      onClose={onClose}
      body={
        <Tabs className="reach" selectedKey={kind} onSelectionChange={(key: Key) => setKind(key as EntryKind)}>
          <TabList className="tabs" aria-label={t('kinds')}>
            {kinds.map(([id, word]) => (
              <Tab key={id} id={id} className="tab">
                {t(word)}
              </Tab>
            ))}
          </TabList>
          {kinds.map(([id, word, hint]) => (
            <TabPanel key={id} id={id} className="db">
              {failure === null ? null : (
                <Message look="stop" icon="alert">
                  {failure.text}
                </Message>
              )}
              {id === 'number' ? (
                <NumberTab choice={number} onChoice={setNumber} listed={list} onRefresh={() => void load(kind, words, true)} />
              ) : (
                <ListTab
                  kind={id}
                  label={t(word)}
                  hint={t(hint)}
                  listed={list}
                  chosen={chosen?.kind === id ? chosen.id : null}
                  transfers={purpose === 'transfer'}
                  onWords={(next) => setLists((before) => ({ ...before, [id]: { ...(before[id] ?? EMPTY), words: next } }))}
                  onChoose={setChosen}
                  onRefresh={() => void load(kind, words, true)}
                />
              )}
            </TabPanel>
          ))}
        </Tabs>
      }
      foot={
        <>
          {interaction === null ? null : <Foreseen interaction={interaction} purpose={purpose} />}
          <span className="grow clip chosen" role="status">
            {chosenName !== '' ? (
              tx('chosen', {
                n: (
                  <b>
                    <bdi>{chosenName}</bdi>
                  </b>
                ),
              })
            ) : (
              <span className="muted">
                {kind === 'number' ? (preview?.allowed === false ? t('numberNo') : t('typeNumber')) : t('chooseOne')}
              </span>
            )}
          </span>
          <Press onPress={onClose}>{t('cancel')}</Press>
          <Press look="primary" icon={purpose === 'transfer' ? 'right' : 'phone'} refused={because} onPress={() => void send()}>
            {t(purpose === 'consult' ? 'consult' : purpose === 'transfer' ? 'transfer' : 'call')}
          </Press>
        </>
      }
    />
  )
}

/** The rooms as they will be. */
function Foreseen({ interaction, purpose }: { interaction: Interaction; purpose: Purpose }) {
  const { found } = useInteraction(interaction)
  const asked: Person = {
    id: 'asked',
    kind: 'agent',
    name: '',
    number: '',
    role: 'agent2',
    room: 'talk',
    rings: true,
    later: false,
    inLine: false,
    muted: false,
    since: null,
    leg: null,
  }
  const to = Object.fromEntries(
    found.map((person) => [
      person.id,
      person.kind !== 'you' ? ('hold' as const) : purpose === 'transfer' ? ('gone' as const) : ('talk' as const),
    ]),
  )
  return <MiniRooms found={[...found.filter((person) => person.room !== 'gone'), asked]} to={to} />
}

function ListTab(props: {
  kind: EntryKind
  label: string
  hint: string
  listed: Listed
  chosen: string | null
  transfers: boolean
  onWords: (words: string) => void
  onChoose: (entry: DirectoryEntry) => void
  onRefresh: () => void
}) {
  const { listed } = props
  const words = useWords()
  const reasonName = useIdleReason()
  const { t, hour } = words
  const directory = listed.directory
  const entries = directory?.entries ?? []
  const saidOf = (directory?.because ?? '').split('\n').filter((line) => line !== '')
  return (
    <>
      <Autocomplete inputValue={listed.words} onInputChange={props.onWords} disableAutoFocusFirst={listed.words === ''}>
        <div className="row wrapping">
          <SearchField className="searchbox" aria-label={t('search')} autoFocus>
            <Icon name="search" />
            <Input className="input" placeholder={props.hint} maxLength={100} />
          </SearchField>
          <Press icon="refresh" onPress={props.onRefresh} look={listed.loading && directory !== null ? 'busy' : ''}>
            {t('refresh')}
          </Press>
        </div>
        {listed.failed === null ? null : (
          <Message look="stop" icon="alert">
            {t('listFailed', { d: listed.failed })}
          </Message>
        )}
        {saidOf.length === 0 && directory?.stale !== true ? null : (
          <Message look="hold" icon="clock">
            {directory?.stale === true ? <span className="block">{t('staleList')}</span> : null}
            {saidOf.map((sentence) => (
              <span className="block" key={sentence}>
                {words.told(sentence)}
              </span>
            ))}
          </Message>
        )}
        {directory === null ? (
          listed.failed === null ? (
            <Skeleton />
          ) : (
            <div className="list" />
          )
        ) : entries.length === 0 ? (
          <div className="list void" role="status">
            <Icon name="search" />
            <b>{listed.words === '' ? t('nResults', { n: 0 }) : t('noResult', { q: listed.words })}</b>
            {listed.words === '' ? null : <span className="muted small">{t('noResultHint')}</span>}
          </div>
        ) : (
          <ScrollBox label={props.label}>
            <ListBox
              aria-label={props.label}
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={props.chosen === null ? [] : [props.chosen]}
              onSelectionChange={(keys) => {
                const key = keys === 'all' ? undefined : [...keys][0]
                const entry = entries.find((each) => each.id === key)
                if (entry !== undefined) props.onChoose(entry)
              }}
            >
              {entries.map((entry) => (
                <ListBoxItem key={entry.id} id={entry.id} textValue={entry.name} className={`opt ${entry.available ? '' : 'no'}`}>
                  {({ isSelected }) => (
                    <>
                      <span className="tick" aria-hidden="true">
                        {isSelected ? <Icon name="check" /> : null}
                      </span>
                      <span>
                        <span className="nm">
                          <bdi>{entry.name}</bdi>
                        </span>
                        <span className="dt">
                          <bdi>{detailOf(entry, words)}</bdi>
                          {entry.number != null && props.kind !== 'agent' ? (
                            <span className="num">
                              {' '}
                              {entry.detail === '' ? '' : '· '}
                              {entry.number}
                            </span>
                          ) : null}
                        </span>
                      </span>
                      <span className="rt">{presenceOf(entry, words, { reasonName, transfers: props.transfers })}</span>
                    </>
                  )}
                </ListBoxItem>
              ))}
            </ListBox>
          </ScrollBox>
        )}
      </Autocomplete>
      <p className="small muted num row apart">
        <span>{directory === null ? t('loading') : t('asOf', { t: hour(directory.as_of, true) })}</span>
        <span role="status">{directory === null ? '' : directory.truncated ? t('moreFound') : t('nResults', { n: entries.length })}</span>
      </p>
    </>
  )
}

/** What is said of an entry; of a queue in the server's words, with a name before them or without. */
function detailOf(entry: DirectoryEntry, { told }: Speaker): string {
  if (entry.kind !== 'queue' && entry.kind !== 'entry_point') return entry.detail
  return entry.detail.replace(/\d+ free, .*$/, (said) => told(said))
}

function presenceOf(
  entry: DirectoryEntry,
  { t, told }: Speaker,
  { reasonName, transfers }: { reasonName: (id: string) => string; transfers: boolean },
): ReactNode {
  if (entry.kind === 'agent' && isDeskState(entry.presence)) {
    const state = STATES[entry.presence]
    const word = entry.available || state.busy === null ? state.word : state.busy
    const self = !entry.available && state.busy === null
    return (
      <>
        <Presence shape={state.shape}>
          {entry.idle_reason == null ? t(word) : t(entry.available ? 'idleR' : 'yIdle', { r: reasonName(entry.idle_reason) })}
        </Presence>
        {entry.presence === 'logged_off' ? null : <Since moment={entry.presence_since} />}
        {self && entry.because != null ? <span>{told(entry.because)}</span> : null}
      </>
    )
  }
  if (entry.kind === 'queue' || entry.kind === 'entry_point') {
    const shape = entry.presence === 'available' ? 'ok' : entry.presence === 'busy' ? 'call' : 'off'
    const word: Word = entry.presence === 'available' ? 'available' : entry.presence === 'busy' ? 'noneFree' : 'loggedOff'
    return (
      <>
        <Presence shape={shape}>{t(word)}</Presence>
        {entry.because != null ? (
          <span>{told(entry.because)}</span>
        ) : entry.presence === 'busy' ? (
          <span>{t(transfers ? 'willWaitC' : 'willWait')}</span>
        ) : null}
      </>
    )
  }
  const known = colleaguePresence(entry.presence)
  const age = entry.presence_as_of == null ? null : Math.max(0, (serverNow() - Date.parse(entry.presence_as_of)) / 1000)
  return (
    <>
      {known === null ? <Presence shape="unk">{entry.presence}</Presence> : <Presence shape={known.shape}>{t(known.word)}</Presence>}
      {age === null || known?.word === 'pUnknown' ? null : (
        <span className="num">{t('ago', { t: age < 60 ? `${Math.floor(age)}\u00a0s` : duration(age) })}</span>
      )}
      {entry.because == null ? null : <span>{told(entry.because)}</span>}
    </>
  )
}

function Skeleton() {
  const { t } = useWords()
  return (
    <div className="list" role="status" aria-label={t('loading')}>
      {[15.5, 12, 17.5, 13.75].map((width) => (
        <div className="opt" aria-hidden="true" key={width}>
          <span className="tick" />
          <span>
            <i className="sk" style={{ width: `${width}rem` }} />
            <i className="sk" style={{ width: `${width / 2}rem` }} />
          </span>
          <span />
        </div>
      ))}
    </div>
  )
}

// --- The number box ------------------------------------------------------------------------------------------------------

interface NumberChoice {
  /** What was pasted or typed, as it was. */
  typed: string
  /** What the box holds. */
  box: string
  preview: NumberPreview | null
}
const NO_NUMBER: NumberChoice = { typed: '', box: '', preview: null }

function NumberTab({
  choice,
  onChoice,
  listed,
  onRefresh,
}: {
  choice: NumberChoice
  onChoice: (choice: NumberChoice) => void
  listed: Listed
  onRefresh: () => void
}) {
  const { t, told } = useWords()
  const turn = useRef(0)
  const [failed, setFailed] = useState<string | null>(null)
  const clean = async (typed: string, box: string, replaces: boolean) => {
    const mine = ++turn.current
    onChoice({ typed, box, preview: typed.trim() === '' ? null : choice.preview })
    if (typed.trim() === '') return
    try {
      const preview = await api.preview(typed)
      if (mine !== turn.current) return
      setFailed(null)
      onChoice({ typed, box: replaces ? preview.kept : box, preview })
    } catch (no) {
      if (mine === turn.current) setFailed(no instanceof Refused ? told(no.because) : t('noServer'))
    }
  }
  const { preview } = choice
  const entries = listed.directory?.entries ?? []
  // One that the agent has dialled before has no name.
  const groups = (
    [
      ['siteNumbers', entries.filter((entry) => entry.name !== '')],
      ['dialledBefore', entries.filter((entry) => entry.name === '')],
    ] as const
  ).filter(([, group]) => group.length > 0)
  const refused = preview !== null && !preview.allowed && choice.typed.trim() !== ''
  return (
    <>
      <div className="field">
        <label htmlFor="number">{t('kNumber')}</label>
        <input
          id="number"
          className="input num big"
          value={choice.box}
          inputMode="tel"
          autoComplete="off"
          autoFocus
          aria-describedby="number-help"
          aria-invalid={refused || undefined}
          onChange={(event) => void clean(event.target.value, event.target.value, false)}
          onPaste={(event) => {
            event.preventDefault()
            const pasted = event.clipboardData.getData('text')
            void clean(pasted, pasted, true)
          }}
        />
        <span className="small muted" id="number-help">
          {t('numHelp')}
        </span>
      </div>
      {preview === null || choice.typed.trim() === '' ? null : <Cleaned typed={choice.typed} preview={preview} />}
      {failed === null ? null : (
        <Message look="stop" icon="alert">
          {failed}
        </Message>
      )}
      {preview?.warning === 'digits-joined' ? (
        <Message look="hold" icon="alert">
          {t('joined')}
        </Message>
      ) : null}
      {refused ? (
        <Message look="stop" icon="no">
          {told(preview.because ?? t('numberNo'))}
        </Message>
      ) : null}
      {preview?.allowed === true && !preview.verified && preview.warning == null && preview.kind === 'outside' ? (
        <Message look="hold" icon="alert">
          {t('unverified')}
        </Message>
      ) : null}
      <div className="sec grow">
        <div className="row">
          <h3 className="h grow">{t('numbers')}</h3>
          <Press icon="refresh" look="s" onPress={onRefresh}>
            {t('refresh')}
          </Press>
        </div>
        {entries.length === 0 ? (
          <p className="small muted">{listed.directory === null ? t('loading') : t('nResults', { n: 0 })}</p>
        ) : (
          <ListBox
            className="list site"
            aria-label={t('numbers')}
            selectionMode="single"
            selectedKeys={entries.filter((entry) => entry.number === choice.typed).map((entry) => entry.id)}
            onSelectionChange={(keys) => {
              const key = keys === 'all' ? undefined : [...keys][0]
              const entry = entries.find((each) => each.id === key)
              if (entry?.number != null) void clean(entry.number, entry.number, true)
            }}
          >
            {groups.map(([heading, group]) => (
              <ListBoxSection key={heading} id={heading}>
                <Header className="grp">{t(heading)}</Header>
                {group.map((entry) => (
                  <ListBoxItem
                    key={entry.id}
                    id={entry.id}
                    textValue={entry.name || (entry.number ?? '')}
                    className={`opt one ${entry.available ? '' : 'no'}`}
                  >
                    {({ isSelected }) => (
                      <>
                        <span className="tick" aria-hidden="true">
                          {isSelected ? <Icon name="check" /> : null}
                        </span>
                        <span className="nm">
                          <bdi>{entry.name || entry.number}</bdi>
                        </span>
                        <span className="rt num">{entry.name === '' ? '' : entry.number}</span>
                      </>
                    )}
                  </ListBoxItem>
                ))}
              </ListBoxSection>
            ))}
          </ListBox>
        )}
      </div>
    </>
  )
}

const TYPES: Readonly<Record<string, Word>> = {
  fixed: 'tFixed',
  mobile: 'tMobile',
  'fixed-or-mobile': 'tFixedOrMobile',
  'toll-free': 'tTollFree',
  premium: 'tPremium',
  'shared-cost': 'tSharedCost',
  personal: 'tPersonal',
  voip: 'tVoip',
}

function Cleaned({ typed, preview }: { typed: string; preview: NumberPreview }) {
  const { t, language } = useWords()
  const signs = marks(typed, preview.kept)
  const removed = signs.some((sign) => sign.keeps === false)
  const big = preview.national ?? preview.dial ?? preview.kept
  const kindWord: Word | null =
    preview.kind === 'extension'
      ? 'kindExtension'
      : preview.kind === 'emergency'
        ? 'kindEmergency'
        : preview.kind === 'short-code'
          ? 'kindShort'
          : null
  const region = regionName(language, preview.region)
  const type = preview.type == null ? null : t(TYPES[preview.type] ?? 'tOther')
  return (
    <div className="clean">
      <dl>
        <dt>{t('typed')}</dt>
        <dd>
          <span className="chars">
            {signs.map((sign, index) =>
              sign.keeps === true ? <ins key={index}>{sign.text}</ins> : sign.keeps === false ? <del key={index}>{sign.text}</del> : ' ',
            )}
          </span>
          {removed ? <span className="small muted block">{t('removed')}</span> : null}
        </dd>
        {big === '' ? null : (
          <>
            <dt>{t(preview.national == null ? 'willDial' : 'national')}</dt>
            <dd className="bigno">
              {big}{' '}
              {preview.allowed && preview.verified ? (
                <Tag look="ok" icon="check">
                  {t('numberOk')}
                </Tag>
              ) : null}
            </dd>
          </>
        )}
        {preview.international == null ? null : (
          <>
            <dt>{t('international')}</dt>
            <dd>{preview.international}</dd>
          </>
        )}
        {preview.name != null ? (
          <>
            <dt>{t('leadsWhere')}</dt>
            <dd>
              <bdi>{preview.name}</bdi>
            </dd>
          </>
        ) : null}
        {region === null && type === null && kindWord === null ? null : (
          <>
            <dt>{t('region')}</dt>
            <dd>{[region, type, kindWord === null ? null : t(kindWord)].filter((part) => part !== null).join(' · ')}</dd>
          </>
        )}
      </dl>
    </div>
  )
}
