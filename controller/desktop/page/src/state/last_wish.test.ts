import { describe, expect, it } from 'vitest'
import { LastWish } from './last_wish'

/** A server that answers when it is told to. */
function server() {
  const asked: string[] = []
  const answers: (() => void)[] = []
  const wishes = new LastWish<string, string>((wish) => {
    asked.push(wish)
    return new Promise((resolve) => answers.push(() => resolve(`is ${wish}`)))
  })
  const answer = async () => {
    answers.shift()?.()
    await Promise.resolve()
    await Promise.resolve()
  }
  return { asked, wishes, answer }
}

describe('wishes that are made faster than they are answered', () => {
  it('are asked one after the other, and the last one is answered', async () => {
    const { asked, wishes, answer } = server()
    const first = wishes.wish('idle')
    const second = wishes.wish('available')
    const third = wishes.wish('lunch')
    expect(asked).toEqual(['idle'])

    await answer()
    expect(asked).toEqual(['idle', 'lunch'])
    await answer()

    expect(await first).toBe('is lunch')
    expect([await second, await third]).toEqual([null, null])
  })

  it('a wish after one that failed is asked', async () => {
    let fails = true
    const wishes = new LastWish<string, string>((wish) => (fails ? Promise.reject(new Error('away')) : Promise.resolve(`is ${wish}`)))
    await expect(wishes.wish('idle')).rejects.toThrow('away')
    fails = false

    expect(await wishes.wish('available')).toBe('is available')
  })
})
