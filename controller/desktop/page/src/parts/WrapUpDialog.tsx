/** How the call went: one reason, a note that is kept as a draft, and the server's deadline. */
import { useEffect, useState } from 'react'
import { Autocomplete, Input, ListBox, ListBoxItem, SearchField, useFilter } from 'react-aria-components'
import type { Interaction } from '../api/shapes'
import { serverNow } from '../api/api'
import { secondsLeft, useSecond, wholeSeconds } from '../state/tick'
import { useDesk, useDeskState, useWords } from '../state/use'
import { duration, isSameNumber } from '../words/words'
import { Message, Press, Remaining, ScrollBox, Tag } from './controls'
import { DialogFrame } from './Dialogs'
import { Icon } from './icons'

const NOTE_LETTERS_MAX = 4000
const DRAFT_MS = 400

interface Draft {
  reason: string | null
  note: string
  at: number | null
}

const stored = (interaction: string) => `ari-controller.draft.${interaction}`

function readDraft(interaction: string): Draft {
  try {
    return { reason: null, note: '', at: null, ...(JSON.parse(sessionStorage.getItem(stored(interaction)) ?? '{}') as Partial<Draft>) }
  } catch {
    return { reason: null, note: '', at: null }
  }
}

export function WrapUpDialog({ interaction, onClose }: { interaction: Interaction; onClose: () => void }) {
  const desk = useDesk()
  const { t, tx, told, hour } = useWords()
  const { state, wrapUpReasons, failure } = useDeskState()
  const { contains } = useFilter({ sensitivity: 'base' })
  const [words, setWords] = useState('')
  const [draft, setDraft] = useState(() => readDraft(interaction.id))
  const [sending, setSending] = useState(false)
  const owed = state.wrapUps[interaction.id]
  const isOver = owed !== undefined || interaction.allowed.includes('wrap-up')

  const keep = (next: Draft) => {
    setDraft(next)
    sessionStorage.setItem(stored(interaction.id), JSON.stringify(next))
  }
  // The moment is noted when typing pauses, not at every letter.
  useEffect(() => {
    if (draft.note === '' && draft.reason === null) return
    const timer = setTimeout(() => setDraft((now) => ({ ...now, at: serverNow() })), DRAFT_MS)
    return () => clearTimeout(timer)
  }, [draft.note, draft.reason])

  const reason = wrapUpReasons.find((each) => each.id === draft.reason)
  const shown = wrapUpReasons.filter((each) => contains(each.name, words))
  const submit = async () => {
    if (reason === undefined || sending) return
    setSending(true)
    const done = await desk.wrapUp(interaction, reason, draft.note.trim())
    setSending(false)
    if (done) {
      sessionStorage.removeItem(stored(interaction.id))
      onClose()
    }
  }
  const mayExtend = interaction.allowed.includes('extend-wrap-up')
  const extendRefused = interaction.refused['extend-wrap-up']
  const who = interaction.customer.name || interaction.customer.number || t('unknownCaller')
  return (
    <DialogFrame
      title={t('wrapTitle')}
      closeButton={false}
      intro={
        isOver ? (
          <>
            <bdi>{who}</bdi>
            {interaction.customer.number === '' || isSameNumber(interaction.customer.number, who) ? null : (
              <span className="num"> · {interaction.customer.number}</span>
            )}
            {interaction.phase === 'ended' ? (
              <span className="num"> · {duration((Date.parse(interaction.phase_since) - Date.parse(interaction.started_at)) / 1000)}</span>
            ) : null}
          </>
        ) : (
          t('prepareHint')
        )
      }
      onClose={onClose}
      body={
        <div className="db">
          {failure === null ? null : (
            <Message look="stop" icon="alert">
              {failure.text}
            </Message>
          )}
          <Autocomplete inputValue={words} onInputChange={setWords} disableAutoFocusFirst={words === ''}>
            <SearchField className="searchbox" aria-label={t('search')} autoFocus>
              <Icon name="search" />
              <Input className="input" placeholder={t('phWrap')} />
            </SearchField>
            {shown.length === 0 ? (
              <div className="list void short" role="status">
                <b>{words === '' ? t('nResults', { n: 0 }) : t('noResult', { q: words })}</b>
              </div>
            ) : (
              <ScrollBox label={t('wrapTitle')} look="reasons">
                <ListBox
                  aria-label={t('wrapTitle')}
                  selectionMode="single"
                  disallowEmptySelection
                  selectedKeys={draft.reason === null ? [] : [draft.reason]}
                  onSelectionChange={(keys) => {
                    const key = keys === 'all' ? undefined : [...keys][0]
                    if (key !== undefined) keep({ ...draft, reason: String(key) })
                  }}
                >
                  {shown.map((each) => (
                    <ListBoxItem key={each.id} id={each.id} textValue={each.name} className="opt one">
                      {({ isSelected }) => (
                        <>
                          <span className="tick" aria-hidden="true">
                            {isSelected ? <Icon name="check" /> : null}
                          </span>
                          <span className="nm">{each.name}</span>
                          <span className="rt">{owed?.default === each.id ? <Tag>{t('wDefault')}</Tag> : null}</span>
                        </>
                      )}
                    </ListBoxItem>
                  ))}
                </ListBox>
              </ScrollBox>
            )}
          </Autocomplete>
          <div className="field">
            <label htmlFor="note">{t('note')}</label>
            <textarea
              id="note"
              className="input"
              rows={2}
              maxLength={NOTE_LETTERS_MAX}
              value={draft.note}
              onChange={(event) => keep({ ...draft, note: event.target.value })}
            />
            <span className="small muted num draft">{draft.at === null ? '\u00a0' : t('draftKept', { t: hour(draft.at, true) })}</span>
          </div>
          {owed === undefined ? null : owed.over_at === null ? (
            <Message look="ok" icon="clock">
              {t('extended')}
            </Message>
          ) : (
            <Deadline overAt={owed.over_at} from={owed.asked_at} name={wrapUpReasons.find((each) => each.id === owed.default)?.name} />
          )}
        </div>
      }
      foot={
        <>
          <Press look="quiet" onPress={onClose}>
            {t(isOver ? 'wLater' : 'close')}
          </Press>
          <span className="grow" />
          {mayExtend || extendRefused !== undefined ? (
            <Press
              icon="clock"
              refused={mayExtend || extendRefused === undefined ? null : told(extendRefused)}
              onPress={() => void desk.act(interaction, 'extend-wrap-up')}
            >
              {t('extend')}
            </Press>
          ) : null}
          {isOver ? (
            <Press look="primary" refused={reason === undefined ? t('chooseReason') : null} onPress={() => void submit()}>
              {t('submitWrap')}
            </Press>
          ) : (
            <span className="muted clip">{reason === undefined ? null : tx('prepared', { r: reason.name })}</span>
          )}
        </>
      }
    />
  )
}

function Deadline({ overAt, from, name }: { overAt: string; from: string; name: string | undefined }) {
  const { t, tx } = useWords()
  const now = useSecond()
  const left = secondsLeft(overAt, from, now)
  const time = <b key="t">{duration(left)}</b>
  return (
    <div className="count wrapc">
      <span className="small num" role="timer" aria-live="off">
        {name === undefined ? tx('wCountdownPlain', { t: time }) : tx('wCountdown', { d: name, t: time })}
      </span>
      <Remaining part={left / wholeSeconds(overAt, from)} />
      <span className="vh">{t('wLaterHint')}</span>
    </div>
  )
}
