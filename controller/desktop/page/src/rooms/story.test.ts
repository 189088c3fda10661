import { describe, expect, it } from 'vitest'
import type { Story, ToldParty, ToldSegment } from '../api/shapes'
import { drawn, looksOf, rows, sums, ticks } from './story'

const at = (seconds: number) => new Date(Date.UTC(2027, 0, 15, 8, 0, seconds)).toISOString()
const segment = (who: string, doing: ToldSegment['doing'], from: number, to: number | null): ToldSegment => ({
  who,
  name: who === 'customer' ? 'Camille' : `${who} Martin`,
  agent: who === 'customer' ? null : who,
  doing,
  from: at(from),
  to: to === null ? null : at(to),
})
const party = (who: string, room: ToldParty['room'], standing: ToldParty['standing'] = 'up'): ToldParty => ({
  who,
  name: who,
  agent: who === 'customer' ? null : who,
  room,
  standing,
  on_hold: false,
})
const story: Story = {
  interaction: 'one',
  partial: false,
  segments: [
    segment('alice', 'rang', 20, 25),
    segment('alice', 'talked', 25, 60),
    segment('alice', 'consulted', 60, null),
    segment('customer', 'queued', 0, 25),
    segment('customer', 'talked', 25, 60),
    segment('customer', 'held', 60, null),
  ],
  steps: [
    { at: at(0), parties: [party('customer', 'hold')] },
    { at: at(20), parties: [party('customer', 'hold'), party('alice', 'talk', 'ringing')] },
    { at: at(25), parties: [party('customer', 'talk'), party('alice', 'talk')] },
    { at: at(26), parties: [party('alice', 'talk'), party('customer', 'talk')] },
    { at: at(70), parties: [party('customer', null, 'gone'), party('alice', null, 'gone')] },
  ],
}

describe('The story of a call', () => {
  it('has the customer first, then people in the order in which they came, and knows the viewer', () => {
    expect(drawn(story, 'alice', Date.parse(at(90))).lanes.map((lane) => [lane.who, lane.kind])).toEqual([
      ['customer', 'customer'],
      ['alice', 'you'],
    ])
    expect(drawn(story, 'bob', 0).lanes[1]).toMatchObject({ kind: 'other', name: 'alice Martin' })
  })

  it('goes up to now where something goes on, and to its end where it is over', () => {
    const live = drawn(story, 'alice', Date.parse(at(90)))
    expect([live.isLive, live.to]).toEqual([true, Date.parse(at(90))])
    const over = drawn({ ...story, segments: story.segments.filter((each) => each.to !== null) }, 'alice', Date.parse(at(900)))
    expect([over.isLive, over.to]).toEqual([false, Date.parse(at(60))])
  })

  it('says in words how long each did what', () => {
    expect(sums(drawn(story, 'alice', Date.parse(at(90))).lanes[0]!)).toEqual([
      ['lgQueue', 25],
      ['lgTalk', 35],
      ['lgHold', 30],
    ])
  })

  it('explains the looks that are in it and no others', () => {
    expect(looksOf(drawn(story, 'alice', Date.parse(at(90))).lanes)).toEqual(['queue', 'ring', 'talk', 'hold'])
  })

  it('has round moments on its axis, five at most', () => {
    expect(ticks(Date.parse(at(3)), Date.parse(at(63)))).toEqual([15, 30, 45, 60].map((seconds) => Date.parse(at(seconds))))
    for (const seconds of [0, 1, 7, 59, 61, 3000, 90_000]) expect(ticks(0, seconds * 1000).length).toBeLessThanOrEqual(5)
  })

  it('a step that moves nobody is no row', () => {
    expect(rows(story).map((row) => [row.at, row.talk.length, row.hold.length, row.rings.length])).toEqual([
      [at(0), 0, 1, 0],
      [at(20), 0, 1, 1],
      [at(25), 2, 0, 0],
      [at(70), 0, 0, 0],
    ])
  })

  it('something that a newer server tells does not break it', () => {
    const newer = { ...story, segments: [{ ...story.segments[0]!, doing: 'parked' as ToldSegment['doing'] }] }
    expect(drawn(newer, 'alice', 0).lanes[0]!.spans[0]!.look).toBe('queue')
  })
})
