/** Figures of the queues for a screen on the wall. They look stale when they are. */
import type { CSSProperties } from 'react'
import { secondsSince, useSecond } from '../state/tick'
import { useDeskState, useWords } from '../state/use'
import { duration } from '../words/words'
import { Icon, Presence } from './icons'
import { longestWait, WAIT_LONG_SECONDS } from './Lists'

/** Older figures are not called live. */
export const STALE_SECONDS = 5

/** More queues than this share one screen: nobody scrolls on a wall. */
const LARGE_MAX = 4

export function Wallboard() {
  const { t, hour } = useWords()
  const { state, heardAt, lostSince } = useDeskState()
  const now = useSecond()
  const age = lostSince === null ? 0 : (Date.now() - heardAt) / 1000
  const stale = age > STALE_SECONDS
  const at = stale ? heardAt / 1000 : now
  const queues = state.queueOrder.map((id) => state.queues[id]).filter((queue) => queue !== undefined)
  return (
    <main
      className={`wall ${stale ? 'stale' : ''} ${queues.length > LARGE_MAX ? 'many' : ''}`}
      style={{ '--columns': Math.ceil(Math.sqrt(queues.length * 1.6)) } as CSSProperties}
    >
      <div className="top">
        <h1>{t('queues')}</h1>
        {stale ? (
          <p className="sban" role="status">
            <Icon name="wifi" />
            {t('staleWall', { t: duration(age), at: hour(heardAt, true) })}
          </p>
        ) : (
          <span className="now num">
            <Presence shape="ok">{t('liveAt', { t: hour(now * 1000, true) })}</Presence>
          </span>
        )}
      </div>
      {queues.length === 0 ? <p className="wlab">{t('noQueues')}</p> : null}
      <div className="wq">
        {queues.map((queue) => {
          const longest = stale ? secondsSince(queue.waiting_since, at) * (queue.waiting > 0 ? 1 : 0) : longestWait(queue, now)
          const alarm = !stale && longest >= WAIT_LONG_SECONDS
          const { idle, not_answering, no_telephone, wrap_up } = queue.agents
          const others = (idle ?? 0) + (not_answering ?? 0) + (no_telephone ?? 0) + (wrap_up ?? 0)
          const small: readonly (readonly [number, 'wFree' | 'wTalking' | 'wOther'])[] = [
            [queue.agents.available ?? 0, 'wFree'],
            [(queue.agents.engaged ?? 0) + (queue.agents.offered ?? 0), 'wTalking'],
            [others, 'wOther'],
          ]
          return (
            <section className={`panel wcard ${alarm ? 'alarm' : ''}`} aria-label={queue.name} key={queue.id}>
              <div>
                <h2 title={queue.name}>
                  <bdi>{queue.name}</bdi>
                </h2>
                <p className="walarm">
                  {alarm ? (
                    <>
                      <Icon name="alert" />
                      {t('tooLong')}
                    </>
                  ) : (
                    '\u00a0'
                  )}
                </p>
              </div>
              <div className="wbig">
                <div className="f num">{queue.waiting}</div>
                <div className="wlab">{t('wWaiting')}</div>
              </div>
              <div className="wfig">
                <div className="f1 num">{queue.waiting === 0 ? t('none') : duration(longest)}</div>
                <div className="wlab">{t('wLongest')}</div>
              </div>
              <div className="wsm">
                {small.map(([figure, word]) => (
                  <div className="wfig" key={word}>
                    <div className="f2 num">{figure}</div>
                    <div className="wlab">{t(word)}</div>
                  </div>
                ))}
              </div>
            </section>
          )
        })}
      </div>
      <p className="wlab">{t('product')}</p>
    </main>
  )
}
