/** Asks one after the other, and of the wishes that wait only the last: what was wished last holds, whichever answer would come first. */
export class LastWish<Wish, Answer> {
  private waits: { wish: Wish } | null = null
  private isAsking = false
  private readonly ask: (wish: Wish) => Promise<Answer>

  constructor(ask: (wish: Wish) => Promise<Answer>) {
    this.ask = ask
  }

  /** The answer to this wish; null: a later one has taken its place, or is asked for instead. Throws what asking throws. */
  async wish(wish: Wish): Promise<Answer | null> {
    this.waits = { wish }
    if (this.isAsking) return null
    this.isAsking = true
    try {
      let answer: Answer | null = null
      while (this.waits !== null) {
        const next: Wish = this.waits.wish
        this.waits = null
        answer = await this.ask(next)
      }
      return answer
    } finally {
      this.isAsking = false
      this.waits = null
    }
  }
}
