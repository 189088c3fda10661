/** The WebSocket of events, kept open: frames go to the listener in order, and after a loss it comes back with `after=seq`. */
import { API } from '../api/api'
import type { Frame } from '../api/shapes'

const SESSION_ENDED = 4001
const RETRY_MS = [250, 500, 1000, 2000, 3000]
/** The server pings every 20 s and a page can't see pings; a socket that opened counts as alive until it closes. */
const OPEN_PATIENCE_MS = 5000

export interface FeedListener {
  frame(frame: Frame): void
  /** `nextTryAt` in milliseconds of this machine's clock. */
  lost(nextTryAt: number): void
  connected(): void
  /** Nobody is logged in any more. */
  sessionEnded(): void
}

export class Feed {
  private socket: WebSocket | null = null
  private tries = 0
  private timer: number | undefined
  private stopped = false

  constructor(
    private readonly listener: FeedListener,
    private readonly seq: () => number,
    private readonly isLoggedIn: () => Promise<boolean | null>,
  ) {}

  start(): void {
    this.stopped = false
    this.open()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    const socket = this.socket
    this.socket = null
    socket?.close()
  }

  /** Something was missed, or a person pressed "try again". */
  again(): void {
    if (this.stopped) return
    clearTimeout(this.timer)
    const socket = this.socket
    this.socket = null
    socket?.close()
    this.open()
  }

  private open(): void {
    const seq = this.seq()
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    const socket = new WebSocket(`${scheme}://${location.host}${API}/events${seq >= 0 ? `?after=${seq}` : ''}`)
    this.socket = socket
    const slow = window.setTimeout(() => socket.close(), OPEN_PATIENCE_MS)
    socket.onopen = () => {
      clearTimeout(slow)
      if (socket !== this.socket) return
      this.tries = 0
      this.listener.connected()
    }
    socket.onmessage = (message) => {
      if (socket === this.socket) this.listener.frame(JSON.parse(String(message.data)) as Frame)
    }
    socket.onclose = (closed) => {
      clearTimeout(slow)
      if (socket !== this.socket || this.stopped) return
      this.socket = null
      if (closed.code === SESSION_ENDED) this.listener.sessionEnded()
      else this.retry()
    }
  }

  private retry(): void {
    const pause = RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)] ?? 3000
    this.tries += 1
    this.listener.lost(Date.now() + pause)
    this.timer = window.setTimeout(() => {
      // A refused upgrade looks like a lost network to a page: only a request tells that the session is over.
      void this.isLoggedIn().then((is) => {
        if (this.stopped || this.socket !== null) return
        if (is === false) this.listener.sessionEnded()
        else if (is === true) this.open()
        else this.retry()
      })
    }, pause)
  }
}
