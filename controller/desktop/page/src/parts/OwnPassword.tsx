/** The agent's own password: the present one, and another. */
import { useEffect, useState } from 'react'
import * as api from '../api/api'
import type { PasswordRules } from '../api/shapes'
import { useDesk, useDeskState, useWords } from '../state/use'
import type { Word } from '../words/words'
import { Message, Press } from './controls'
import { Icon } from './icons'

type Field = 'old' | 'fresh' | 'again'

const FIELDS: readonly (readonly [Field, Word, 'current-password' | 'new-password'])[] = [
  ['old', 'pwOld', 'current-password'],
  ['fresh', 'pwNew', 'new-password'],
  ['again', 'pwAgain', 'new-password'],
]
const EMPTY: Readonly<Record<Field, string>> = { old: '', fresh: '', again: '' }

export function OwnPassword() {
  const { t } = useWords()
  const desk = useDesk()
  const { state } = useDeskState()
  const [rules, setRules] = useState<PasswordRules | null | 'unknown'>(null)
  const [typed, setTyped] = useState(EMPTY)
  const [shows, setShows] = useState(false)
  const [refused, setRefused] = useState<{ because: string; at: Field } | null>(null)
  const [done, setDone] = useState(false)
  const [sending, setSending] = useState(false)
  useEffect(() => {
    let here = true
    api.passwordRules().then(
      (found) => here && setRules(found),
      // A controller that is older than the page knows no such path.
      (no) => here && setRules(no instanceof api.Refused && no.status === 404 ? { may_change: false, letters_min: 0 } : 'unknown'),
    )
    return () => {
      here = false
    }
  }, [])
  if (rules === null) return <p role="status">{t('connecting')}</p>
  if (rules === 'unknown')
    return (
      <Message look="stop" icon="alert">
        {t('noServer')}
      </Message>
    )
  if (!rules.may_change)
    return (
      <Message look="act" icon="info">
        {t('pwNotYours')}
      </Message>
    )

  const refuse = (because: string, at: Field) => {
    setRefused({ because, at })
    document.getElementById(`password-${at}`)?.focus()
  }
  const send = async () => {
    if (sending) return
    setDone(false)
    const empty = FIELDS.find(([name]) => typed[name] === '')
    if (empty !== undefined) return refuse(t('pwMissing'), empty[0])
    if (typed.fresh !== typed.again) return refuse(t('pwNotSame'), 'again')
    setSending(true)
    const no = await desk.changePassword(typed.old, typed.fresh)
    setSending(false)
    if (no !== null) return refuse(no, no === t('pwWrong') ? 'old' : 'fresh')
    setRefused(null)
    setTyped(EMPTY)
    setDone(true)
  }
  return (
    <form
      className="set"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      {/* For whatever keeps passwords: whose it is. */}
      <input type="text" autoComplete="username" value={state.me?.agent ?? ''} readOnly hidden />
      {FIELDS.map(([name, word, kind]) => (
        <div className="field" key={name}>
          <label htmlFor={`password-${name}`}>{t(word)}</label>
          <input
            id={`password-${name}`}
            className="input"
            type={shows ? 'text' : 'password'}
            autoComplete={kind}
            autoCapitalize="none"
            spellCheck={false}
            value={typed[name]}
            aria-invalid={refused?.at === name || undefined}
            aria-describedby={`${refused?.at === name ? 'password-said ' : ''}${name === 'fresh' ? 'password-rules' : ''}` || undefined}
            onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
          />
          {refused?.at === name ? (
            <p className="msg stop" role="alert" id="password-said">
              <Icon name="alert" />
              <span>{refused.because}</span>
            </p>
          ) : null}
          {name === 'fresh' ? (
            <span className="small muted" id="password-rules">
              {t('pwRules', { n: rules.letters_min })}
            </span>
          ) : null}
        </div>
      ))}
      <label className="check">
        <input type="checkbox" checked={shows} onChange={(event) => setShows(event.target.checked)} />
        <span>{t('pwShow')}</span>
      </label>
      <div>
        <Press type="submit" look="primary">
          {t('pwChange')}
        </Press>
      </div>
      <div role="status">
        {done ? (
          <Message look="ok" icon="check">
            {t('pwDone')}
          </Message>
        ) : null}
      </div>
    </form>
  )
}
