/** A call, or a colleague's question, that waits for the agent's answer. It never takes the focus. */
import { useState } from 'react'
import { createPortal } from 'react-dom'
import type { Action, Interaction } from '../api/shapes'
import { Press, Tag } from '../parts/controls'
import { Icon, type IconName } from '../parts/icons'
import { useTelephone } from '../telephone/use'
import { secondsUntil, useSecond } from '../state/tick'
import { Since, useDesk, useDeskState, useWords } from '../state/use'
import { duration, isSameNumber } from '../words/words'
import { Countdown, useShortcuts } from './Call'
import { labelOf, outcome } from './outcomes'
import { Rooms } from './Rooms'
import { situation } from './situation'
import { useInteraction } from './useInteraction'

/** Whom the offer is from and of what kind it is. */
export function useOffer(interaction: Interaction) {
  const seen = useInteraction(interaction)
  const { state } = useDeskState()
  const { t } = useWords()
  const isConsult = interaction.phase !== 'offered' && interaction.phase !== 'transferring'
  const customer = interaction.customer.name || interaction.customer.number || t('unknownCaller')
  return {
    seen,
    isConsult,
    customer,
    title: t(
      isConsult
        ? 'consultRequest'
        : interaction.phase === 'transferring' || (state.offer?.interaction === interaction.id && state.offer.why === 'transfer')
          ? 'offerTransferTitle'
          : 'offerTitle',
    ),
    who: isConsult ? seen.ownerName : customer,
    overAt: state.offer?.interaction === interaction.id ? state.offer.over_at : null,
  }
}

function useAnswer(interaction: Interaction, away: boolean) {
  const desk = useDesk()
  const telephone = useTelephone()
  const { t, told } = useWords()
  // A telephone in this page answers by itself, at once; only another telephone has to be told through the server.
  const ringsHere = telephone.state.rings
  const refused = (action: 'accept' | 'decline') =>
    away && !(action === 'accept' && ringsHere)
      ? t('rLost')
      : action === 'accept' && ringsHere
        ? null
        : interaction.allowed.includes(action)
          ? null
          : told(interaction.refused[action] ?? '')
  const press = (action: 'accept' | 'decline') => {
    if (action === 'accept' && ringsHere) telephone.answer()
    else void desk.act(interaction, action)
  }
  useShortcuts(
    (name) => {
      if ((name !== 'accept' && name !== 'decline') || refused(name) !== null) return false
      press(name)
      return true
    },
    true,
    true,
  )
  return { refused, press }
}

function Answer({
  interaction,
  away,
  look,
  onLook,
}: {
  interaction: Interaction
  away: boolean
  look: string
  onLook?: (action: Action | null) => void
}) {
  const { t } = useWords()
  const { refused, press } = useAnswer(interaction, away)
  const button = (action: 'accept' | 'decline', style: string, icon: IconName) => (
    <span
      className="answer"
      data-act={action}
      onPointerEnter={() => onLook?.(action)}
      onPointerLeave={() => onLook?.(null)}
      onFocus={(event) => event.target.matches(':focus-visible') && onLook?.(action)}
      onBlur={() => onLook?.(null)}
    >
      <Press look={style} icon={icon} refused={refused(action)} onPress={() => press(action)}>
        {t(labelOf(action))}
      </Press>
    </span>
  )
  return (
    <>
      {button('accept', `accept ${look}`, 'phone')}
      {button('decline', look, 'x')}
    </>
  )
}

export function OfferCard({ interaction, away }: { interaction: Interaction; away: boolean }) {
  const { t, tx, told, colon } = useWords()
  const { seen, isConsult, customer, title, who, overAt } = useOffer(interaction)
  const [looked, setLooked] = useState<Action | null>(null)
  const foreseen = looked === null ? null : outcome(interaction, looked, seen.found, seen)
  const { state } = useDeskState()
  const telephone = useTelephone()
  const is = situation(interaction, seen.found, {
    viewer: state.me?.agent ?? '',
    ownerName: seen.ownerName,
    queueName: seen.queueName,
    consultQueueName: '',
    tooLong: false,
    why: state.offer?.why,
    isDesk: telephone.state.where === 'desk',
  })
  const accepts = interaction.allowed.includes('accept')
  // Of a call that comes back: why.
  const news = told(interaction.news ?? '')
  return (
    <article className="ix offer" aria-labelledby="offer-who">
      <div className="grid">
        <div className="sec">
          <span className="row">
            <Tag look={isConsult ? 'act' : 'ok'} icon="bell">
              {title}
            </Tag>
          </span>
          <h2 id="offer-who">{isConsult ? tx('offerConsult', { a: who }) : <bdi>{who}</bdi>}</h2>
          <p className="row muted wrapping">
            {interaction.customer.number !== '' && (isConsult || !isSameNumber(interaction.customer.number, who)) ? (
              <span className="num">{interaction.customer.number}</span>
            ) : null}
            {seen.queueName === '' ? null : <span>{tx('queueOf', { q: seen.queueName })}</span>}
            {isConsult ? <span>{tx('consultFor', { c: customer })}</span> : <Waited moment={interaction.started_at} />}
          </p>
        </div>
        <div className="line2">
          <Answer interaction={interaction} away={away} look="big" onLook={setLooked} />
        </div>
        <div className="count wide">
          {overAt === null ? null : <Countdown overAt={overAt} from={interaction.phase_since} />}
          <span className="small muted">{tx(isConsult ? 'consultLapse' : 'offerLapse', { a: seen.ownerName })}</span>
        </div>
      </div>
      <Rooms found={seen.found} preview={foreseen} />
      {foreseen === null || looked === null ? (
        <p className="say">
          <Icon name="bell" />
          <span>
            {news === '' ? tx(is.word, is.values) : news} {accepts || telephone.state.rings ? null : t('sDeskRings')}
          </span>
        </p>
      ) : (
        <p className="say will">
          <Icon name="right" />
          <span className="grow">
            <b>
              {t(labelOf(looked))}
              {colon}
            </b>{' '}
            {tx(foreseen.will, foreseen.values)}
          </span>
        </p>
      )}
    </article>
  )
}

function Waited({ moment }: { moment: string }) {
  const { t } = useWords()
  const now = useSecond()
  return <span className="num">{t('waitedFor', { t: duration(Math.max(0, now - Date.parse(moment) / 1000)) })}</span>
}

/** The same where another view is open. */
export function OfferToast({ interaction, away }: { interaction: Interaction; away: boolean }) {
  const { tx } = useWords()
  const { seen, isConsult, title, who, overAt } = useOffer(interaction)
  // Outside the page's own root, which is inert while a dialog is open: a call can always be answered.
  return createPortal(
    <section className="toast" aria-labelledby="toast-who" data-react-aria-top-layer="true">
      <div>
        <p className="small row">
          <Tag look={isConsult ? 'act' : 'ok'} icon="bell">
            {title}
          </Tag>
          <span className="muted clip">{tx('queueOf', { q: seen.queueName })}</span>
        </p>
        <h2 id="toast-who">{isConsult ? tx('offerConsult', { a: who }) : <bdi>{who}</bdi>}</h2>
        <p className="small muted num">
          {interaction.customer.number} · <Waited moment={interaction.started_at} />
        </p>
      </div>
      {overAt === null ? null : <Countdown overAt={overAt} from={interaction.phase_since} />}
      <div className="two">
        <Answer interaction={interaction} away={away} look="" />
      </div>
    </section>,
    document.body,
  )
}

/** In the list at the left. */
export function OfferTask({ interaction }: { interaction: Interaction }) {
  const { t, tx } = useWords()
  const { seen, isConsult, who } = useOffer(interaction)
  return (
    <div className="task" aria-current="true">
      <span className="row">
        <span className="t clip grow">
          <bdi>{who}</bdi>
        </span>
        <Since moment={interaction.phase_since} />
      </span>
      <span className="small muted clip">{isConsult ? t('consultRequest') : tx('queueOf', { q: seen.queueName })}</span>
      <span>
        <Tag look={isConsult ? 'act' : 'ok'} icon="bell">
          {t('ringing')}
        </Tag>
      </span>
    </div>
  )
}

/** What is said aloud of an offer: once, and again at ten and at five seconds. */
export function useOfferWords(interaction: Interaction | null): string {
  const { state } = useDeskState()
  const { t } = useWords()
  const now = useSecond()
  if (interaction === null) return ''
  const isConsult = interaction.phase !== 'offered' && interaction.phase !== 'transferring'
  const owner = interaction.agents.find((party) => party.agent === interaction.owner)?.name ?? ''
  const customer = interaction.customer.name || interaction.customer.number || t('unknownCaller')
  const over = state.offer?.interaction === interaction.id ? state.offer.over_at : null
  const left = over === null ? null : secondsUntil(over, now)
  if (left !== null && left <= 5) return t('secondsSay', { n: 5 })
  if (left !== null && left <= 10) return t('secondsSay', { n: 10 })
  return `${t(isConsult ? 'consultRequest' : 'offerTitle')}, ${isConsult ? owner : customer}.`
}
