/** Who logs in, and on which telephone. */
import { useState } from 'react'
import { settings } from '../state/settings'
import { useDesk, useDeskState, useSettings, useWords } from '../state/use'
import { chosenTelephone, TELEPHONE } from '../telephone/telephone'
import { Press } from './controls'
import { Icon, Mark } from './icons'

export function LanguageSwitch() {
  const { t } = useWords()
  const { language } = useSettings()
  return (
    <span className="seg2" role="group" aria-label={t('language')}>
      {(['fr', 'en'] as const).map((each) => (
        <button
          key={each}
          type="button"
          lang={each}
          aria-pressed={language === each}
          onClick={() => settings.change({ chosenLanguage: each })}
        >
          {each === 'fr' ? 'Français' : 'English'}
        </button>
      ))}
    </span>
  )
}

export function Login({ wallboard = false }: { wallboard?: boolean }) {
  const desk = useDesk()
  const { t } = useWords()
  const { outBecause } = useDeskState()
  const [agent, setAgent] = useState('')
  const [password, setPassword] = useState('')
  // Nothing is said unless somebody chose: then the site decides which telephone rings.
  const [telephone, setTelephone] = useState(() => chosenTelephone())
  const [because, setBecause] = useState<string | null>(null)
  const [sending, setSending] = useState(false)
  const said = because ?? (outBecause === null ? (wallboard ? t('wallLogin') : null) : t(outBecause))
  const bad = because !== null
  const send = async () => {
    if (sending) return
    if (agent.trim() === '' || password === '') {
      setBecause(t('missing'))
      return
    }
    setSending(true)
    if (telephone !== null) localStorage.setItem(TELEPHONE, telephone)
    const no = await desk.logIn(agent.trim(), password, wallboard ? null : telephone)
    setSending(false)
    setBecause(no)
    if (no !== null) setPassword('')
  }
  return (
    <div className="loginp">
      <main className="panel loginc">
        <div className="row">
          <span className="brand grow">
            <Mark />
            <span>{t('product')}</span>
          </span>
          <LanguageSwitch />
        </div>
        <h1>{t('welcome')}</h1>
        <form
          className="loginf"
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            void send()
          }}
        >
          {said === null ? null : (
            <p className={`msg ${bad ? 'stop' : 'act'}`} role="alert" id="login-said">
              <Icon name={bad ? 'alert' : 'info'} />
              <span>{said}</span>
            </p>
          )}
          <div className="field">
            <label htmlFor="agent">{t('agentId')}</label>
            <input
              id="agent"
              className="input"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus
              value={agent}
              aria-invalid={bad || undefined}
              aria-describedby={bad ? 'login-said' : undefined}
              onChange={(event) => setAgent(event.target.value)}
            />
          </div>
          <div className="field">
            <label htmlFor="password">{t('password')}</label>
            <input
              id="password"
              className="input"
              type="password"
              autoComplete="current-password"
              value={password}
              aria-invalid={bad || undefined}
              aria-describedby={bad ? 'login-said' : undefined}
              onChange={(event) => setPassword(event.target.value)}
            />
          </div>
          {wallboard ? null : (
            <fieldset>
              <legend>{t('phoneChoice')}</legend>
              <div className="two">
                {(['browser', 'desk'] as const).map((kind) => (
                  <label className="radio" key={kind}>
                    <input type="radio" name="telephone" checked={(telephone ?? 'browser') === kind} onChange={() => setTelephone(kind)} />
                    <span>
                      {t(kind === 'browser' ? 'phoneBrowser' : 'phoneDeskOpt')}
                      <span className="small muted block">{t(kind === 'browser' ? 'phoneBrowserHint' : 'phoneDeskHint')}</span>
                    </span>
                  </label>
                ))}
              </div>
            </fieldset>
          )}
          <Press type="submit" look="primary big">
            {t('login')}
          </Press>
        </form>
      </main>
    </div>
  )
}
