/** Which part of the page is shown, and what the page does by itself. */
import { useEffect, useRef, useState } from 'react'
import { I18nProvider } from 'react-aria-components'
import type { Interaction } from './api/shapes'
import { Announcer } from './parts/Announcer'
import { Banners, useAway } from './parts/Banners'
import { Header, useTelephoneReady, type View } from './parts/Header'
import { Icon, Mark } from './parts/icons'
import { Colleagues, History, LIST_WORDS, Mine, Queues, type ListName } from './parts/Lists'
import { Login } from './parts/Login'
import { ReachDialog, type Purpose } from './parts/Reach'
import { MicrophoneCheck, SettingsDialog } from './parts/Settings'
import { Supervisor } from './parts/Supervisor'
import { Wallboard } from './parts/Wallboard'
import { WrapUpDialog } from './parts/WrapUpDialog'
import { AsItWas, Call } from './rooms/Call'
import { OfferCard, OfferToast } from './rooms/Offer'
import type { Desk } from './state/desk'
import { isOffered, mine } from './state/reducer'
import { secondsLeft, useSecond } from './state/tick'
import { DeskProvider, useDesk, useDeskState, useSettings, useWords } from './state/use'
import type { Telephone } from './telephone/telephone'
import { TelephoneProvider, useTelephone } from './telephone/use'

type Open =
  | { what: 'reach'; purpose: Purpose; interaction: string | null }
  | { what: 'wrap-up'; interaction: string }
  | { what: 'settings' }
  | { what: 'microphone' }
  | null

const CHECKED = 'ari-controller.microphone-checked'

export function App({ desk, telephone }: { desk: Desk; telephone: Telephone }) {
  return (
    <DeskProvider desk={desk}>
      <TelephoneProvider telephone={telephone}>
        <Page />
      </TelephoneProvider>
    </DeskProvider>
  )
}

function Page() {
  const { language } = useSettings()
  const { session, state } = useDeskState()
  const { t } = useWords()
  const isWall = location.pathname === '/wallboard'
  return (
    <I18nProvider locale={language}>
      {session === 'out' ? (
        <Login wallboard={isWall} />
      ) : session === 'unknown' || state.me === null ? (
        <main className="loginp">
          <p className="row connecting" role="status">
            <Mark /> {t('connecting')}
          </p>
        </main>
      ) : isWall ? (
        <Wallboard />
      ) : (
        <Desktop />
      )}
    </I18nProvider>
  )
}

function Desktop() {
  const desk = useDesk()
  const { t } = useWords()
  const { state } = useDeskState()
  const { state: phone, telephone } = useTelephone()
  const away = useAway()
  const me = state.me
  const [view, setView] = useState<View>(() => (me?.role === 'supervisor' && location.hash !== '#desk' ? 'supervision' : 'desk'))
  const [open, setOpen] = useState<Open>(null)
  const [picked, setPicked] = useState<string | null>(null)
  const [list, setList] = useState<ListName>('interactions')

  const all = mine(state)
  const offered = all.find((interaction) => isOffered(interaction, me?.agent ?? null)) ?? null
  const current =
    all.find((interaction) => interaction.id === picked && interaction !== offered) ??
    all.find((interaction) => interaction !== offered) ??
    null
  const asked = all.find((interaction) => interaction.allowed.includes('accept-transfer')) ?? null
  useFollowTelephone(all)
  useWrapUps(open, setOpen)
  useHiddenPage(offered)
  useKeepsFocus(`${current?.id} ${offered?.id} ${open?.what}`)

  const choose = (to: 'available' | 'idle', reason: string) => {
    if (to === 'available' && phone.where === 'here' && sessionStorage.getItem(CHECKED) === null) setOpen({ what: 'microphone' })
    else void desk.chooseState(to, reason)
  }
  const close = () => {
    desk.dismiss()
    setOpen(null)
  }
  // When the server's answer comes another dialog may have taken its place: that for the reason, after a blind transfer.
  const closeOnly = (what: 'reach' | 'wrap-up') => () => {
    desk.dismiss()
    setOpen((now) => (now?.what === what ? null : now))
  }
  if (me === null) return null
  const dialogOf = open !== null && 'interaction' in open && open.interaction !== null ? state.interactions[open.interaction] : null
  // These two tell by themselves what was refused.
  const reaches = open?.what === 'reach' && (open.interaction === null || (dialogOf != null && dialogOf.phase !== 'ended'))
  const wrapsUp = open?.what === 'wrap-up' && dialogOf != null
  const showsOffer = offered !== null && view === 'desk' && (current === null || current.phase === 'ended')
  const calm = offered === null && current === null
  return (
    <div className={`app ${away ? 'away' : ''}`}>
      <Header
        me={me}
        view={view}
        onView={(next) => {
          history.replaceState(null, '', next === 'desk' ? '#desk' : '#supervision')
          setView(next)
        }}
        onSettings={() => setOpen({ what: 'settings' })}
        onState={choose}
      />
      <section className="banners" aria-label={t('notices')}>
        <Banners calm={calm && view === 'desk'} tellsFailures={!(reaches || wrapsUp)} />
      </section>
      {view === 'supervision' ? (
        <Supervisor away={away} />
      ) : (
        <div className={`body list-${list}`}>
          <aside className="side l" aria-label={t('myWork')}>
            <ListTabs list={list} onList={setList} />
            <div className="listbox li">
              <Mine
                interactions={all}
                current={showsOffer ? offered.id : (current?.id ?? null)}
                onOpen={setPicked}
                onNewCall={() => setOpen({ what: 'reach', purpose: 'call', interaction: null })}
              />
              <History />
            </div>
            <div className="listbox lq narrow-only">{list === 'queues' ? <Queues /> : null}</div>
            <div className="listbox lc narrow-only">{list === 'colleagues' ? <Colleagues /> : null}</div>
          </aside>
          <main className="main">
            <h1 className="vh">{t('product')}</h1>
            {showsOffer ? (
              <OfferCard interaction={offered} away={away} key={offered.id} />
            ) : current !== null ? (
              <Call
                key={current.id}
                interaction={current}
                away={away}
                onConsult={() => setOpen({ what: 'reach', purpose: 'consult', interaction: current.id })}
                onTransfer={() => setOpen({ what: 'reach', purpose: 'transfer', interaction: current.id })}
                onWrapUp={() => setOpen({ what: 'wrap-up', interaction: current.id })}
              />
            ) : (
              <Calm />
            )}
          </main>
          <WideOnly>
            <aside className="side r" aria-label={`${t('queues')}, ${t('colleagues')}`}>
              {away ? <AsItWas /> : null}
              <Queues />
              <Colleagues />
            </aside>
          </WideOnly>
        </div>
      )}
      {offered !== null && (!showsOffer || open !== null) ? (
        <OfferToast interaction={offered} away={away} key={`offer ${offered.id}`} />
      ) : null}
      {reaches ? <ReachDialog purpose={open.purpose} interaction={dialogOf ?? null} onClose={close} onDone={closeOnly('reach')} /> : null}
      {wrapsUp && dialogOf != null ? (
        <WrapUpDialog interaction={dialogOf} onClose={closeOnly('wrap-up')} key={`reason ${dialogOf.id}`} />
      ) : null}
      {open?.what === 'settings' ? <SettingsDialog onClose={close} /> : null}
      {open?.what === 'microphone' ? (
        <MicrophoneCheck
          onClose={close}
          onAvailable={() => {
            sessionStorage.setItem(CHECKED, 'yes')
            void telephone.checkMicrophone()
            void desk.chooseState('available')
            close()
          }}
        />
      ) : null}
      <Announcer offered={offered} asked={asked} />
    </div>
  )
}

const WIDE = '(min-width: 1200px)'

/** What stands in the right column is drawn once only: where there is no such column it is a tab of the left one. */
function WideOnly({ children }: { children: React.ReactNode }) {
  const [wide, setWide] = useState(() => window.matchMedia(WIDE).matches)
  useEffect(() => {
    const query = window.matchMedia(WIDE)
    const changed = () => setWide(query.matches)
    query.addEventListener('change', changed)
    return () => query.removeEventListener('change', changed)
  }, [])
  return wide ? children : null
}

function ListTabs({ list, onList }: { list: ListName; onList: (list: ListName) => void }) {
  const { t } = useWords()
  return (
    <div className="sidetabs" role="group" aria-label={t('lists')}>
      {LIST_WORDS.map(([name, word]) => (
        <button key={name} type="button" aria-pressed={list === name} onClick={() => onList(name)}>
          {t(word)}
        </button>
      ))}
    </div>
  )
}

function Calm() {
  const { t } = useWords()
  const { state } = useDeskState()
  const { state: phone } = useTelephone()
  const free = state.me?.state === 'available'
  const freeText = useTelephoneReady() === false ? 'noTelephoneText' : 'nothingText'
  const noMicrophone = phone.where === 'here' && (phone.microphone === 'refused' || phone.microphone === 'none')
  return (
    <article className="ix calm">
      <svg className="big" viewBox="0 0 104 40" aria-hidden="true">
        <rect x="1.5" y="1.5" width="56" height="37" rx="9" fill="var(--talk-soft)" stroke="var(--talk)" strokeWidth="1.5" />
        <rect
          x="66"
          y="1.5"
          width="36"
          height="37"
          rx="9"
          fill="var(--hold-soft)"
          stroke="var(--hold)"
          strokeWidth="1.5"
          strokeDasharray="4 3"
        />
        <circle cx="29" cy="20" r="6" fill="var(--act)" />
      </svg>
      <h2>{t(free ? 'nothingTitle' : 'idleTitle')}</h2>
      <p>{t(free ? freeText : noMicrophone ? 'micFirst' : 'idleText')}</p>
      {state.me?.state === 'not_answering' ? (
        <p className="row p-stop">
          <Icon name="alert" />
          {t('notAnswering')}
        </p>
      ) : null}
    </article>
  )
}

/** The telephone follows what the server says of the agent's own leg. */
function useFollowTelephone(all: readonly Interaction[]) {
  const { telephone } = useTelephone()
  const { state, session } = useDeskState()
  const agent = state.me?.agent ?? ''
  useEffect(() => {
    if (session === 'in') void telephone.start()
    return () => telephone.stop()
  }, [session, telephone])
  const legs = all.flatMap((interaction) => interaction.agents.filter((party) => party.agent === agent))
  const up = legs.some((party) => party.leg === 'talking' || party.leg === 'held')
  const rings = legs.some((party) => party.leg === 'ringing')
  const muted = legs.some((party) => party.muted === true && party.leg !== 'gone')
  useEffect(() => telephone.follow({ up, rings, muted }), [telephone, up, rings, muted])
}

/** How soon after a change a dialog has given the focus back by itself. */
const GIVEN_BACK_MS = 80

/** What had the focus may be gone with its call: then the state has it, where the next thing is done, and not the page's very beginning. */
function useKeepsFocus(shown: string) {
  const last = useRef<Element | null>(null)
  useEffect(() => {
    const listener = (event: FocusEvent) => {
      last.current = event.target as Element
    }
    document.addEventListener('focusin', listener)
    return () => document.removeEventListener('focusin', listener)
  }, [])
  useEffect(() => {
    const timer = setTimeout(() => {
      const isLost = document.activeElement === document.body && last.current?.isConnected === false
      if (isLost) document.querySelector<HTMLElement>('.statebtn')?.focus()
    }, GIVEN_BACK_MS)
    return () => clearTimeout(timer)
  }, [shown])
}

/** The dialog for a reason opens by itself, unless the agent is typing elsewhere; put off once, it stays closed. */
function useWrapUps(open: Open, setOpen: (open: Open) => void) {
  const { state } = useDeskState()
  const seen = useRef(new Set<string>())
  const owed = Object.keys(state.wrapUps)
    .filter((id) => id in state.interactions)
    .sort()
    .join(' ')
  useEffect(() => {
    const ids = owed === '' ? [] : owed.split(' ')
    // A call that comes back from a transfer is owed no reason any more, and one again at its end.
    for (const id of [...seen.current].filter((each) => !ids.includes(each))) {
      seen.current.delete(id)
      if (open?.what === 'wrap-up' && open.interaction === id) setOpen(null)
    }
    for (const id of ids) {
      if (seen.current.has(id)) continue
      seen.current.add(id)
      const at = document.activeElement
      const typing = at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement
      if ((open === null || open.what === 'reach') && !(typing && open === null)) setOpen({ what: 'wrap-up', interaction: id })
    }
  }, [owed, open, setOpen])
}

/** Where the page is hidden: a notification, once for all tabs, and the tab's title. */
function useHiddenPage(offered: Interaction | null) {
  const { t } = useWords()
  const { state } = useDeskState()
  const { notify } = useSettings()
  const now = useSecond()
  const who = offered === null ? '' : offered.customer.name || offered.customer.number || t('unknownCaller')
  const queue = offered === null ? '' : offered.queue === null ? '' : (state.queues[offered.queue]?.name ?? offered.queue)
  const since = offered?.phase_since ?? null
  const over = offered !== null && state.offer?.interaction === offered.id ? state.offer.over_at : null
  useEffect(() => {
    document.title =
      offered === null || since === null
        ? t('product')
        : over === null
          ? who
          : t('titleOffer', { n: secondsLeft(over, since, now), c: who })
  }, [offered, over, since, now, who, t])
  const id = offered?.id ?? null
  useEffect(() => {
    if (id === null || !notify || !document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return
    const shown = new Notification(t('offerTitle'), { body: t('notifyOffer', { c: who, q: queue }), tag: id, requireInteraction: true })
    shown.onclick = () => {
      window.focus()
      shown.close()
    }
    return () => shown.close()
  }, [id, notify, who, queue, t])
}
