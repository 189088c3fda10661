/** On top: the state first, since that is what an agent looks for; then telephone, settings, name, log out. */
import { Button, Menu, MenuItem, MenuSection, MenuTrigger, Header as MenuHeader, Popover } from 'react-aria-components'
import type { Me } from '../api/shapes'
import { Since, useDesk, useDeskState, useIdleReason, useWords } from '../state/use'
import { useTelephone } from '../telephone/use'
import { Press } from './controls'
import { Icon, Mark, Presence, type IconName, type PresenceShape } from './icons'
import { STATES } from './presence'

export type View = 'desk' | 'supervision'

const LOOKS: Readonly<Record<string, string>> = { ok: 'ok', call: 'call', idle: 'idle', wrap: 'wrap', stop: 'stopst', off: '', unk: '' }

/** Whether the telephone can ring; null: this server does not say. */
export function useTelephoneReady(): boolean | null {
  const { state } = useDeskState()
  const { state: telephone } = useTelephone()
  const told = state.me?.telephone
  if (telephone.where === 'here' && (telephone.microphone === 'refused' || telephone.microphone === 'none')) return false
  return told == null ? null : told.registered
}

export function Header(props: {
  me: Me
  view: View
  onView: (view: View) => void
  onSettings: () => void
  onState: (state: 'available' | 'idle', reason: string) => void
}) {
  const { me, view } = props
  const desk = useDesk()
  const { t } = useWords()
  return (
    <header className="head">
      <span className="brand">
        <Mark />
        <span>{t('product')}</span>
      </span>
      <StateSelector me={me} onState={props.onState} />
      {me.role === 'supervisor' ? (
        <nav aria-label={t('menu')}>
          <a
            href="#supervision"
            aria-current={view === 'supervision' ? 'page' : undefined}
            onClick={(event) => (event.preventDefault(), props.onView('supervision'))}
          >
            {t('supervision')}
          </a>
          <a
            href="#desk"
            aria-current={view === 'desk' ? 'page' : undefined}
            onClick={(event) => (event.preventDefault(), props.onView('desk'))}
          >
            {t('desk')}
          </a>
          <a href="/wallboard" target="_blank" rel="noreferrer">
            {t('wallboard')}
          </a>
        </nav>
      ) : null}
      <span className="grow" />
      <TelephoneSign />
      <span className="wide">
        <Press look="quiet" icon="gear" onPress={props.onSettings}>
          {t('settings')}
        </Press>
      </span>
      <span className="who clip">
        <bdi>{me.name}</bdi>
      </span>
      <span className="wide">
        <Press look="quiet" icon="exit" onPress={() => void desk.logOut()}>
          {t('logout')}
        </Press>
      </span>
      <MenuTrigger>
        <Button className="btn quiet menu-n">
          <Icon name="down" />
          <span>{t('menu')}</span>
        </Button>
        <Popover className="pop">
          <Menu
            aria-label={t('menu')}
            onAction={(key) => {
              if (key === 'settings') props.onSettings()
              else void desk.logOut()
            }}
          >
            <MenuItem id="settings" className="item">
              <Icon name="gear" />
              {t('settings')}
            </MenuItem>
            <MenuItem id="logout" className="item">
              <Icon name="exit" />
              {t('logout')}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
    </header>
  )
}

function StateSelector({ me, onState }: { me: Me; onState: (state: 'available' | 'idle', reason: string) => void }) {
  const { t, tx, colon } = useWords()
  const { state, idleReasons } = useDeskState()
  const ready = useTelephoneReady()
  const { state: telephone } = useTelephone()
  const reasonName = useIdleReason()
  const is = STATES[me.state]
  const busy = me.state === 'engaged' || me.state === 'offered' || me.state === 'wrap_up'
  const noTelephone = ready === false && telephone.where !== 'unknown' && !busy
  const shape: PresenceShape = noTelephone ? 'stop' : is.shape
  const because = me.state === 'idle' ? reasonName(me.idle_reason) : ''
  const word = because === '' ? t(is.word) : t('idleR', { r: because })
  const text = noTelephone ? `${word} · ${t('noTelephone')}` : word
  const next =
    me.next_state === null || me.next_state === me.state || me.next_state === 'available' // that is so after every call
      ? null
      : t('thenState', { s: (me.next_state === 'idle' && reasonName(me.next_reason)) || t(STATES[me.next_state].word) })
  const chosen = busy ? (me.next_state ?? 'available') : me.state
  const chosenKey = chosen === 'available' ? 'available' : chosen === 'idle' ? `idle ${(busy ? me.next_reason : me.idle_reason) ?? ''}` : ''
  return (
    <div className="has-pop">
      <MenuTrigger>
        <Button className={`btn statebtn ${LOOKS[shape] ?? ''}`}>
          <span className="vh">
            {t('state')}
            {colon}{' '}
          </span>
          <Presence shape={shape} />
          <span className="clip">
            <span className="w">{text}</span>
            {next === null ? null : <span className="small muted"> · {next}</span>}
          </span>
          <Since moment={state.stateSince} hidden />
          <Icon name="down" />
        </Button>
        <Popover className="pop" placement="bottom start">
          {busy ? (
            <div className="foot">
              <b>
                <Icon name="clock" />
                {t('afterCall')}
              </b>
              {tx('afterCallHint')}
            </div>
          ) : null}
          <Menu
            aria-label={t('state')}
            selectionMode="single"
            selectedKeys={chosenKey === '' ? [] : [chosenKey]}
            disallowEmptySelection
            onAction={(key) => {
              const [to, ...reason] = String(key).split(' ')
              onState(to === 'available' ? 'available' : 'idle', reason.join(' '))
            }}
          >
            <StateItem id="available" shape="ok" text={t('available')} chosen={chosenKey} />
            <StateItem id="idle " shape="idle" text={t('idle')} chosen={chosenKey} />
            {idleReasons.length === 0 ? null : (
              <MenuSection>
                <MenuHeader className="grp">{t('idleGroup')}</MenuHeader>
                {idleReasons.map((reason) => (
                  <StateItem
                    key={reason.id}
                    id={`idle ${reason.id}`}
                    shape="idle"
                    text={reason.name}
                    spoken={t('idleR', { r: reason.name })}
                    chosen={chosenKey}
                  />
                ))}
              </MenuSection>
            )}
          </Menu>
        </Popover>
      </MenuTrigger>
    </div>
  )
}

function StateItem({
  id,
  shape,
  text,
  spoken,
  chosen,
}: {
  id: string
  shape: PresenceShape
  text: string
  spoken?: string
  chosen: string
}) {
  return (
    <MenuItem id={id} className="item" textValue={text} aria-label={spoken ?? text}>
      <Presence shape={shape} />
      <span className="grow">{text}</span>
      {chosen === id ? <Icon name="check" /> : null}
    </MenuItem>
  )
}

function TelephoneSign() {
  const { t } = useWords()
  const { state: told } = useDeskState()
  const { state } = useTelephone()
  const server = told.me?.telephone
  if (state.where === 'unknown') return null
  let icon: IconName = 'head'
  let title = t('phReady')
  let text = t('phHere')
  let bad = false
  if (state.where === 'desk') {
    icon = 'deskp'
    text = state.user === '' ? t('phDeskPlain') : t('phDesk', { n: state.user })
    if (server?.registered === false) {
      title = t('phAway')
      bad = true
    }
  } else if (state.where === 'other-tab') {
    icon = 'tab'
    text = t('phOther')
  } else if (state.microphone === 'refused' || state.microphone === 'none') {
    title = t('phLost')
    text = t('dMic')
    bad = true
  } else if (!state.registered) {
    title = t(state.failed ? 'phLost' : 'phConnecting')
    bad = state.failed
  }
  return (
    <span className={`phone ${bad ? 'bad' : ''}`}>
      <Icon name={bad ? 'alert' : icon} />
      <span>
        <b>{title}</b>
        {text}
      </span>
    </span>
  )
}
