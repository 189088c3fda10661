/** Under the header: one sentence that says what is so, one that says what to do. They push the page down and never cover it. */
import { useEffect, useState, type ReactNode } from 'react'
import { secondsSince, useSecond } from '../state/tick'
import { useDesk, useDeskState, useWords } from '../state/use'
import { useTelephone } from '../telephone/use'
import { duration } from '../words/words'
import { Press } from './controls'
import { Icon, type IconName } from './icons'

function Banner({
  look,
  icon,
  title,
  text,
  children,
}: {
  look: string
  icon: IconName
  title: ReactNode
  text: ReactNode
  children?: ReactNode
}) {
  return (
    <div className={`banner ${look}`}>
      <Icon name={icon} />
      <div className="grow">
        <b>{title}</b>
        <p>{text}</p>
      </div>
      {children}
    </div>
  )
}

/** How long the server may be silent before the page says so. */
export const AWAY_SECONDS = 2

/** The server has been away for a while. */
export function useAway(): boolean {
  const { lostSince } = useDeskState()
  useSecond()
  return lostSince !== null && Date.now() - lostSince >= AWAY_SECONDS * 1000
}

export function Banners({ calm, tellsFailures }: { calm: boolean; tellsFailures: boolean }) {
  const desk = useDesk()
  const { t, tx } = useWords()
  const { lostSince, nextTryAt, failure, state: told } = useDeskState()
  const { state, telephone } = useTelephone()
  const [how, setHow] = useState(false)
  const now = useSecond()
  const away = useAway()
  useEffect(() => setHow(false), [state.microphone])
  const lostFor = lostSince === null ? 0 : secondsSince(new Date(lostSince).toISOString(), Date.now() / 1000)
  // The telephone of this page tells of itself when it does not connect.
  const unreachable = state.where !== 'here' && told.me?.state === 'available' && told.me.telephone?.registered === false && !away
  void now
  return (
    <>
      {away ? (
        <Banner
          look="stop"
          icon="wifi"
          title={t('lostTitle', { t: duration(lostFor) })}
          text={t('lostText', { n: Math.max(0, Math.ceil((nextTryAt - Date.now()) / 1000)) })}
        >
          <Press icon="refresh" onPress={() => desk.retry()}>
            {t('retry')}
          </Press>
        </Banner>
      ) : null}
      {failure === null || away || !tellsFailures ? null : (
        <Banner look="stop" icon="alert" title={t(failure.title)} text={failure.text}>
          <Press look="quiet" icon="x" onPress={() => desk.dismiss()}>
            {t('dismiss')}
          </Press>
        </Banner>
      )}
      {state.where === 'here' && (state.microphone === 'refused' || state.microphone === 'none') ? (
        <Banner
          look="stop"
          icon="micoff"
          title={t(state.microphone === 'none' ? 'micNone' : 'micTitle')}
          text={how ? t('micHow') : t(state.microphone === 'none' ? 'micNoneText' : 'micText')}
        >
          {state.microphone === 'refused' && !how ? <Press onPress={() => setHow(true)}>{t('showHow')}</Press> : null}
          <Press icon="refresh" onPress={() => void telephone.checkMicrophone()}>
            {t('retry')}
          </Press>
        </Banner>
      ) : null}
      {state.where === 'here' && state.failed && !state.registered && !away ? (
        <Banner look="stop" icon="alert" title={t('phFailedTitle')} text={t('phFailed')} />
      ) : null}
      {unreachable ? (
        <Banner
          look="stop"
          icon="alert"
          title={t('noPhoneTitle')}
          text={t(told.me?.telephone?.kind === 'browser' ? 'noPhoneBrowser' : 'noPhoneDesk')}
        />
      ) : null}
      {state.where === 'other-tab' ? (
        <Banner look="act" icon="tab" title={t('tabTitle')} text={t('tabText')}>
          <Press icon="head" onPress={() => telephone.takeOver()}>
            {t('takePhone')}
          </Press>
        </Banner>
      ) : null}
      {state.where === 'desk' && calm && state.user !== '' && !unreachable ? (
        <Banner look="act" icon="deskp" title={tx('deskTitle', { n: state.user })} text={t('deskText')} />
      ) : null}
    </>
  )
}
