/** The two rooms and who stands in them; while an action is looked at, where everybody would be. */
import { useLayoutEffect, useRef, type ReactNode } from 'react'
import { Icon } from '../parts/icons'
import { Since, useWords } from '../state/use'
import { initials, isSameNumber, type Word } from '../words/words'
import type { Outcome } from './outcomes'
import { talkers, type Person, type Room } from './people'

const IN_LANES_MAX = 4
const MOVE_MS = 180

export function Avatar({ person }: { person: Person }) {
  const look = person.kind === 'customer' ? 'customer' : person.kind === 'you' ? 'you' : person.kind === 'agent' ? '' : 'out'
  const named = /^\p{L}/u.test(person.name)
  return (
    <span className={`av ${look}`} aria-hidden="true">
      {person.kind === 'you' ? <Icon name="head" /> : look === 'out' || !named ? <Icon name="phone" /> : initials(person.name)}
    </span>
  )
}

type Mode = 'here' | 'ghost' | 'going' | 'leaving'

const ROLE: Readonly<Record<Person['role'], Word>> = {
  customer: 'customer',
  agent1: 'agent1',
  agent2: 'agent2',
  owner: 'owner',
  member: 'member',
  outside: 'outside',
}

function Chip({
  person,
  mode,
  alone,
  alarm = false,
  onDrop,
}: {
  person: Person
  mode: Mode
  alone: boolean
  alarm?: boolean
  onDrop?: ((person: Person) => void) | undefined
}) {
  const { t } = useWords()
  const here = mode === 'here'
  const tooLong = here && person.kind === 'customer' && person.room === 'hold' && !person.inLine && alarm
  const state = (): ReactNode => {
    if (mode === 'ghost') return t('cComes')
    if (mode === 'leaving') return t('cLeaves')
    if (mode === 'going')
      return (
        <>
          <Icon name={person.room === 'talk' ? 'right' : 'left'} />
          <span className="vh">{t('cGoes')}</span>
        </>
      )
    if (person.inLine) return t('cInLine')
    if (person.later) return t('cWillRing')
    if (person.rings) return t(person.room === 'hold' ? 'cRingWait' : 'cRings')
    if (person.room === 'hold') return t('cMusic')
    if (person.muted) return t('cMuted')
    return t(alone ? 'cAlone' : 'cTalking')
  }
  const look = here ? (person.rings ? 'ring' : '') : mode
  const name = person.kind === 'you' ? t('you') : <bdi>{person.name || t('unknownCaller')}</bdi>
  return (
    <div
      className={`chip ${look}`}
      data-person={here ? person.id : undefined}
      data-warn={tooLong || undefined}
      title={person.kind === 'you' ? undefined : person.name}
    >
      <Avatar person={person} />
      <div>
        <div className="nm">{name}</div>
        <div className="rl clip">
          {person.kind === 'you' ? (
            <>
              <bdi>{person.name}</bdi> · {t(ROLE[person.role]).split(' (')[0]}
            </>
          ) : (
            <>
              {person.kind === 'queue' ? t('kQueue') : t(ROLE[person.role])}
              {person.number !== '' && !isSameNumber(person.number, person.name) && person.kind !== 'agent' ? (
                <span className="num"> · {person.number}</span>
              ) : null}
            </>
          )}
        </div>
      </div>
      <div className="st">
        <span className="row st-row">
          {here && person.room === 'hold' && !person.rings ? <Icon name={tooLong ? 'alert' : 'music'} /> : null}
          {here && person.muted && person.room === 'talk' ? <Icon name="micoff" /> : null}
          {state()}
        </span>
        {here && person.kind !== 'you' ? <Since moment={person.since} /> : null}
      </div>
      {here && onDrop !== undefined && person.leg !== null && person.kind !== 'you' && person.kind !== 'customer' ? (
        <button
          type="button"
          className="btn quiet s drop"
          aria-label={t('drop', { b: person.name })}
          title={t('drop', { b: person.name })}
          onClick={() => onDrop(person)}
        >
          <Icon name="x" />
        </button>
      ) : null}
    </div>
  )
}

function RoomTitle({ room, hint }: { room: 'talk' | 'hold'; hint: boolean }) {
  const { t } = useWords()
  return (
    <div className={`room-t ${room}`}>
      <h3>
        <Icon name={room === 'talk' ? 'waves' : 'music'} />
        {t(room === 'talk' ? 'talkRoom' : 'holdRoom')}
      </h3>
      {hint ? <span>{t(room === 'talk' ? 'talkHint' : 'holdHint')}</span> : null}
    </div>
  )
}

export function Rooms({
  found,
  preview,
  alarm = false,
  onDrop,
}: {
  found: readonly Person[]
  preview: Outcome | null
  alarm?: boolean
  onDrop?: ((person: Person) => void) | undefined
}) {
  const { t } = useWords()
  const box = useSlide(preview === null)
  const to: Readonly<Record<string, Room>> = preview?.to ?? {}
  const there = found.filter((person) => person.room !== 'gone')
  const gone = found.filter((person) => person.room === 'gone')
  const alone = talkers(there).length === 1
  const outside =
    gone.length === 0 ? null : (
      <p className="goneline">
        <Icon name="exit" />
        <span>{t('outOf')}</span>
        {gone.map((person) => (
          <span className="row" key={person.id}>
            <Avatar person={person} />
            <b>{person.kind === 'you' ? t('you') : <bdi>{person.name || t('unknownCaller')}</bdi>}</b>
          </span>
        ))}
      </p>
    )
  if (there.length > IN_LANES_MAX) {
    const talk = there.filter((person) => person.room === 'talk')
    const hold = there.filter((person) => person.room === 'hold')
    const mode = (person: Person): Mode =>
      to[person.id] === 'gone' ? 'leaving' : to[person.id] !== undefined && to[person.id] !== person.room ? 'going' : 'here'
    return (
      <>
        <section className="rooms many" aria-label={t('rooms')} ref={box}>
          <div className="manybox talk">
            <RoomTitle room="talk" hint={talk.length > 1} />
            <div className="manygrid">
              {talk.map((person) => (
                <Chip key={person.id} person={person} mode={mode(person)} alone={alone} onDrop={onDrop} />
              ))}
            </div>
          </div>
          <div className={`manybox hold ${hold.length > 0 ? 'full' : ''}`}>
            <RoomTitle room="hold" hint={hold.length > 0} />
            {hold.length === 0 ? (
              <span className="small holdword">{t('holdEmpty')}</span>
            ) : (
              <div className="manygrid">
                {hold.map((person) => (
                  <Chip key={person.id} person={person} mode={mode(person)} alone={false} />
                ))}
              </div>
            )}
          </div>
        </section>
        {outside}
      </>
    )
  }
  const talking = talkers(found)
  const willTalk = there.filter((person) => (to[person.id] ?? person.room) === 'talk' && (!person.rings || to[person.id] === 'talk'))
  const holdEmpty = !there.some((person) => person.room === 'hold' || to[person.id] === 'hold')
  const talkEmpty = !there.some((person) => person.room === 'talk' || to[person.id] === 'talk')
  return (
    <>
      <section className="rooms" aria-label={t('rooms')} ref={box}>
        <div className="room talk" aria-hidden="true" />
        <div className="room hold" aria-hidden="true" />
        <RoomTitle room="talk" hint={willTalk.length > 1} />
        <RoomTitle room="hold" hint={!holdEmpty} />
        {there.length === 0 ? <div className="lane talk last empty-lane" /> : null}
        {there.map((person, index) => {
          const goes = to[person.id]
          const moves = goes !== undefined && goes !== person.room
          const last = index === there.length - 1 ? 'last' : ''
          const wired = preview === null && talking.includes(person) && talking[0] !== person
          return (['talk', 'hold'] as const).map((room) => (
            <div
              key={`${person.id} ${room}`}
              className={`lane ${room} ${last} ${room === 'talk' && person.room === 'talk' && wired ? 'wire' : ''}`}
              style={{ gridRow: index + 2 }}
            >
              {person.room === room ? (
                <Chip
                  person={person}
                  mode={moves ? (goes === 'gone' ? 'leaving' : 'going') : 'here'}
                  alone={alone}
                  alarm={alarm}
                  onDrop={moves ? undefined : onDrop}
                />
              ) : moves && goes === room ? (
                <Chip person={person} mode="ghost" alone={false} />
              ) : null}
            </div>
          ))
        })}
        {holdEmpty ? (
          <p className="empty" style={{ gridColumn: 2, gridRow: `2 / span ${Math.max(1, there.length)}` }}>
            {t('holdEmpty')}
          </p>
        ) : null}
        {talkEmpty ? (
          <p className="empty talk" style={{ gridColumn: 1, gridRow: `2 / span ${Math.max(1, there.length)}` }}>
            {t('talkEmpty')}
          </p>
        ) : null}
      </section>
      {outside}
    </>
  )
}

/** A person who changed rooms slides there. */
function useSlide(isNow: boolean) {
  const box = useRef<HTMLElement>(null)
  const was = useRef(new Map<string, number>())
  useLayoutEffect(() => {
    const stands = new Map<string, number>()
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    for (const chip of box.current?.querySelectorAll<HTMLElement>('[data-person]') ?? []) {
      const id = chip.dataset['person'] ?? ''
      const left = chip.getBoundingClientRect().left
      const before = was.current.get(id)
      if (!still && before !== undefined && Math.abs(before - left) > 8) {
        chip.animate([{ transform: `translateX(${before - left}px)` }, { transform: 'none' }], {
          duration: MOVE_MS,
          easing: 'cubic-bezier(.2,.7,.2,1)',
        })
      }
      stands.set(id, left)
    }
    if (isNow) was.current = stands
  })
  return box
}

/** The rooms as they will be, small enough for a button: a square for the customer, a filled disc for you, rings for others. */
export function MiniRooms({ found, to }: { found: readonly Person[]; to: Readonly<Record<string, Room>> }) {
  const at: Record<'talk' | 'hold', Person[]> = { talk: [], hold: [] }
  for (const person of found.slice(0, IN_LANES_MAX)) {
    const room = to[person.id] ?? person.room
    if (room !== 'gone') at[room].push(person)
  }
  const draw = (some: readonly Person[], left: number, width: number) =>
    some.map((person, index) => {
      const x = left + width / 2 + (index - (some.length - 1) / 2) * 8
      if (person.kind === 'customer') return <rect key={person.id} className="c" x={x - 3} y="7" width="6" height="6" rx="1.2" />
      return <circle key={person.id} className={person.kind === 'you' ? 'y' : 'o'} cx={x} cy="10" r={person.kind === 'you' ? 3.4 : 2.8} />
    })
  return (
    <svg className="g" viewBox="0 0 60 20" aria-hidden="true">
      <rect className="box tb" x="1" y="1" width="34" height="18" rx="4" />
      <rect className="box hb" x="38" y="1" width="21" height="18" rx="4" />
      {draw(at.talk, 1, 34)}
      {draw(at.hold, 38, 21)}
    </svg>
  )
}
