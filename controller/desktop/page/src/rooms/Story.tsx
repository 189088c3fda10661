/** How the call went: a lane for each person over time, and behind it who stood where after each step. */
import { useEffect, useState } from 'react'
import * as api from '../api/api'
import type { Interaction, Story as Told } from '../api/shapes'
import { useSecond } from '../state/tick'
import { useDeskState, useWords } from '../state/use'
import { duration, type Word } from '../words/words'
import { drawn, looksOf, rows, sums, ticks, type Look } from './story'

/** A call that moves on every moment is read no more often. */
const PAUSE_MS = 300
/** Shorter than this the axis has seconds too. */
const SHORT_MS = 180_000

const LEGEND: Readonly<Record<Look, Word>> = { queue: 'lgQueue', ring: 'lgRing', talk: 'lgTalk', hold: 'lgHold', wrap: 'wrapUp' }

function useStory(interaction: Interaction): Told | null {
  const [story, setStory] = useState<Told | null>(null)
  const { id, revision } = interaction
  useEffect(() => {
    let stopped = false
    const timer = setTimeout(() => {
      api.story(id).then(
        (told) => !stopped && setStory(told),
        () => undefined, // nothing is recorded, or the server is away: what was read before still stands
      )
    }, PAUSE_MS)
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [id, revision])
  return story
}

export function Story({ interaction }: { interaction: Interaction }) {
  const story = useStory(interaction)
  return story === null || story.segments.length === 0 ? null : <Lanes story={story} interaction={interaction} />
}

function Lanes({ story, interaction }: { story: Told; interaction: Interaction }) {
  const { t, hour } = useWords()
  const { state } = useDeskState()
  const now = useSecond()
  const viewer = state.me?.agent ?? ''
  const { from, to, lanes } = drawn(story, viewer, now * 1000)
  const whole = Math.max(1000, to - from)
  const place = (at: number) => `${((at - from) / whole) * 100}%`
  const named = (party: { who: string; name: string; agent: string | null }) => {
    if (party.agent === null && party.who === 'customer') return t('customer')
    if (party.agent !== null && party.agent === viewer) return t('you')
    // An agent's name as it is now; whoever has none is known by the number.
    return interaction.agents.find((each) => each.agent !== null && each.agent === party.agent)?.name || party.name || t('unknownCaller')
  }
  return (
    <section className="ix story" aria-labelledby="story">
      <h3 className="h">
        <span id="story">{t('story')}</span>
        <span className="legend" aria-hidden="true">
          {looksOf(lanes).map((look) => (
            <span key={look}>
              <i className={`sg-${look}`} />
              {t(LEGEND[look])}
            </span>
          ))}
        </span>
      </h3>
      {story.partial ? <p className="small muted">{t('storyPartial')}</p> : null}
      {lanes.map((lane) => {
        const name = named(lane)
        const said = sums(lane)
          .map(([word, seconds]) => `${t(word)} ${duration(seconds)}`)
          .join(', ')
        return (
          <div className="st-lane" key={`${lane.kind} ${lane.who}`}>
            <span className="clip" title={name}>
              <bdi>{name}</bdi>
            </span>
            <span className="track" role="img" aria-label={t('storyLane', { n: name, d: said })}>
              {lane.spans.map((span, index) => (
                <i
                  className={`seg sg-${span.look}`}
                  key={index}
                  title={`${t(span.word)} ${duration((span.to - span.from) / 1000)}`}
                  style={{ insetInlineStart: place(span.from), width: `${((span.to - span.from) / whole) * 100}%` }}
                />
              ))}
            </span>
          </div>
        )
      })}
      <div className="axis num" aria-hidden="true">
        {ticks(from, to).map((at) => (
          <span key={at} style={{ insetInlineStart: place(at) }}>
            {hour(at, whole < SHORT_MS)}
          </span>
        ))}
      </div>
      <Steps story={story} named={named} />
    </section>
  )
}

function Steps({ story, named }: { story: Told; named: (party: { who: string; name: string; agent: string | null }) => string }) {
  const { t, hour } = useWords()
  return (
    <details className="steps">
      <summary>{t('storySteps')}</summary>
      <div className="scroll" tabIndex={0} role="region" aria-label={t('storySteps')}>
        <table>
          <thead>
            <tr>
              <th>{t('thTime')}</th>
              <th>{t('talkRoom')}</th>
              <th>{t('holdRoom')}</th>
              <th>{t('ringing')}</th>
            </tr>
          </thead>
          <tbody>
            {rows(story).map((row) => (
              <tr key={row.at}>
                <td className="num">{hour(row.at, true)}</td>
                {[row.talk, row.hold, row.rings].map((people, column) => (
                  <td key={column}>
                    {people.length === 0
                      ? t('none')
                      : people.map((party, index) => (
                          <span key={party.who}>
                            {index > 0 ? ', ' : ''}
                            <bdi>{named(party)}</bdi>
                          </span>
                        ))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
