/**
 * One tab owns the telephone: whoever holds the lock. The others wait for it, and can take it.
 *
 * The lock is the browser's own, so it is free at once when a tab is closed or dies.
 */
const LOCK = 'ari-controller-telephone'

export interface Owner {
  taken(): void
  lost(): void
}

export class Ownership {
  private release: (() => void) | null = null
  private stopped = false

  constructor(private readonly owner: Owner) {}

  /** Wait for the telephone; it is ours at once where no other tab has it. */
  start(): void {
    this.stopped = false
    this.request({})
  }

  get isOurs(): boolean {
    return this.release !== null
  }

  /** Take it from whichever tab has it. */
  steal(): void {
    this.request({ steal: true })
  }

  stop(): void {
    this.stopped = true
    this.release?.()
    this.release = null
  }

  private request(options: LockOptions): void {
    const held = () =>
      new Promise<void>((resolve) => {
        if (this.stopped || this.release !== null) {
          resolve()
          return
        }
        this.release = resolve
        this.owner.taken()
      })
    navigator.locks.request(LOCK, options, held).catch(() => {
      // Stolen: another tab has it now. Wait until that one is closed.
      this.release = null
      this.owner.lost()
      if (!this.stopped) this.request({})
    })
  }
}
