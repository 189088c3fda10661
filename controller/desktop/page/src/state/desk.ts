/** One agent's desktop: the session, what the server says, and what the agent asks for. React looks at it and knows nothing else. */
import * as api from '../api/api'
import { Refused, serverNow, Unreachable } from '../api/api'
import type { Action, Frame, Interaction, Reason, Target } from '../api/shapes'
import { told } from '../words/told'
import { say, type Word } from '../words/words'
import { Feed } from './feed'
import { LastWish } from './last_wish'
import { NOTHING, reduce, type Heard, type Past, type State } from './reducer'
import { settings } from './settings'

export type Session = 'unknown' | 'out' | 'in'

/** Something that did not work, to be shown once. */
export interface Failure {
  title: Word
  text: string
}

export interface DeskState {
  session: Session
  /** Why somebody who was logged in is not any more. */
  outBecause: Word | null
  state: State
  /** Null: the server is heard. Else since when it is not, by this machine's clock in milliseconds. */
  lostSince: number | null
  nextTryAt: number
  everLive: boolean
  wrapUpReasons: readonly Reason[]
  idleReasons: readonly Reason[]
  failure: Failure | null
  /** Actions that were sent and not answered yet, as `interaction action`. */
  pending: ReadonlySet<string>
  loggedInAt: string | null
  /** When the last frame came, by this machine's clock in milliseconds. */
  heardAt: number
}

const BEGINNING: DeskState = {
  session: 'unknown',
  outBecause: null,
  state: NOTHING,
  lostSince: null,
  nextTryAt: 0,
  everLive: false,
  wrapUpReasons: [],
  idleReasons: [],
  failure: null,
  pending: new Set(),
  loggedInAt: null,
  heardAt: 0,
}

/** A network that swallows everything closes no socket: after so long without a frame the server is asked whether it is there. */
const SILENCE_MS = 15_000
/** A screen on the wall has nobody before it who would notice. */
const SILENCE_WALL_MS = 4_000

const HISTORY = 'ari-controller.history'
const LOGGED_IN = 'ari-controller.logged-in'

interface Choice {
  state: 'available' | 'idle'
  reason: string
}

export class Desk {
  private now: DeskState = BEGINNING
  private readonly listeners = new Set<() => void>()
  private readonly feed: Feed
  private pulse: number | undefined
  private readonly digitsWaiting = new Map<string, string>()
  private readonly choices = new LastWish(({ state, reason }: Choice) => api.chooseState(state, reason))

  constructor() {
    this.feed = new Feed(
      {
        frame: (frame) => this.heard({ what: 'frame', frame, now: new Date(serverNow()).toISOString() }),
        lost: (nextTryAt) => this.set({ lostSince: this.now.lostSince ?? Date.now(), nextTryAt }),
        connected: () => {
          this.dispatch({ what: 'resuming' })
          // Where nothing was missed nothing is sent.
          if (this.now.state.seq >= 0) this.set({ lostSince: null, heardAt: Date.now() })
        },
        sessionEnded: () => this.isOut('sessionEnded'),
      },
      () => this.now.state.seq,
      () => this.isLoggedIn(),
    )
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  get = (): DeskState => this.now

  private set(change: Partial<DeskState>): void {
    this.now = { ...this.now, ...change }
    for (const listener of this.listeners) listener()
  }

  private dispatch(heard: Heard): void {
    const state = reduce(this.now.state, heard)
    if (state === this.now.state) return
    if (state.history !== this.now.state.history) sessionStorage.setItem(HISTORY, JSON.stringify(state.history))
    this.set({ state })
  }

  private heard(heard: Extract<Heard, { what: 'frame' }>): void {
    this.tellLastNews(heard.frame)
    this.tellRefusal(heard.frame)
    this.dispatch(heard)
    this.set({ lostSince: null, everLive: true, heardAt: Date.now() })
    if (this.now.state.gap) this.feed.again()
  }

  /** A call that goes with news, such as a number that is not in service, leaves no other place on the page to say them. */
  private tellLastNews(frame: Frame): void {
    if (frame.type !== 'interaction' || frame.interaction.gone !== true || frame.interaction.my_role !== 'agent1') return
    const { id, news } = frame.interaction
    if (!news || this.now.state.interactions[id]?.news === news) return
    this.set({ failure: { title: 'failedTitle', text: told(settings.get().language, news) } })
  }

  /** What the telephone's keys have asked for in vain, while no call here says so. */
  private tellRefusal(frame: Frame): void {
    const { seq, gap } = this.now.state
    if (frame.type !== 'refused' || gap || frame.seq !== seq + 1) return // told before, or told again with the missing frames
    this.set({ failure: { title: 'phRefusedTitle', text: told(settings.get().language, frame.refused.because) } })
  }

  /** At load: is somebody logged in? */
  async begin(): Promise<void> {
    const is = await this.isLoggedIn()
    if (is === true) await this.isIn()
    else if (is === false) this.set({ session: 'out' })
    else {
      this.set({ lostSince: this.now.lostSince ?? Date.now(), nextTryAt: Date.now() + 2000 })
      setTimeout(() => void this.begin(), 2000)
    }
  }

  /** Null: nobody answers. */
  private async isLoggedIn(): Promise<boolean | null> {
    try {
      await api.me()
      return true
    } catch (no) {
      if (no instanceof Refused && (no.status === 401 || no.status === 403)) return false
      return null
    }
  }

  /** A sentence that says why not; null: logged in. */
  async logIn(agent: string, password: string, telephone: 'browser' | 'desk' | null): Promise<string | null> {
    const language = settings.get().language
    try {
      try {
        await api.logIn(agent, password, telephone ?? undefined)
      } catch (no) {
        // A controller that has no telephones in browsers does not know the word.
        if (!(no instanceof Refused && no.code === 'bad-body')) throw no
        await api.logIn(agent, password)
      }
    } catch (no) {
      if (no instanceof Refused && no.code === 'bad-credentials') return say(language, 'badLogin')
      if (no instanceof Refused && no.status === 429 && no.code !== 'too-many-sessions') return say(language, 'tooMany', { n: no.retryAfterSeconds ?? 60 })
      return no instanceof Refused ? told(language, no.because) : say(language, 'noServer')
    }
    sessionStorage.removeItem(HISTORY)
    sessionStorage.setItem(LOGGED_IN, new Date(serverNow()).toISOString())
    await this.isIn()
    return null
  }

  private async isIn(): Promise<void> {
    let loggedInAt = sessionStorage.getItem(LOGGED_IN)
    if (loggedInAt === null) {
      loggedInAt = new Date(serverNow()).toISOString()
      sessionStorage.setItem(LOGGED_IN, loggedInAt)
    }
    this.dispatch({ what: 'history', history: kept() })
    this.set({ session: 'in', outBecause: null, loggedInAt, lostSince: null })
    this.feed.start()
    clearInterval(this.pulse)
    const silence = location.pathname === '/wallboard' ? SILENCE_WALL_MS : SILENCE_MS
    this.pulse = window.setInterval(() => void this.listen(silence), silence)
    await this.readReasons()
  }

  private async listen(silence: number): Promise<void> {
    if (this.now.lostSince !== null || Date.now() - this.now.heardAt < silence) return
    const is = await this.isLoggedIn()
    if (is === true) this.set({ heardAt: Date.now() })
    else if (is === false) this.isOut('sessionEnded')
    else {
      this.set({ lostSince: this.now.heardAt, nextTryAt: Date.now() })
      this.feed.again()
    }
  }

  private async readReasons(): Promise<void> {
    try {
      const [wrapUpReasons, idleReasons] = await Promise.all([api.wrapUpReasons(), api.idleReasons()])
      this.set({ wrapUpReasons, idleReasons })
    } catch {
      // The feed notices a lost server; the lists are asked for again when a dialog needs them.
      setTimeout(() => this.now.session === 'in' && void this.readReasons(), 3000)
    }
  }

  async logOut(): Promise<void> {
    try {
      await api.logOut()
    } catch (no) {
      if (!(no instanceof Refused && no.status === 401)) {
        this.failed(no)
        return
      }
    }
    this.isOut(null)
  }

  private isOut(because: Word | null): void {
    this.feed.stop()
    clearInterval(this.pulse)
    sessionStorage.removeItem(HISTORY)
    sessionStorage.removeItem(LOGGED_IN)
    this.now = { ...BEGINNING, session: 'out', outBecause: because }
    this.set({})
  }

  retry(): void {
    this.feed.again()
  }

  /** A sentence that says why not; null: it is changed. */
  async changePassword(old: string, fresh: string): Promise<string | null> {
    const { language } = settings.get()
    try {
      await api.changePassword(old, fresh)
      return null
    } catch (no) {
      if (!(no instanceof Refused)) return say(language, 'noServer')
      if (no.status === 401) this.isOut('sessionEnded')
      if (no.code === 'wrong-password') return say(language, 'pwWrong')
      return no.status === 429 ? say(language, 'tooMany', { n: no.retryAfterSeconds ?? 60 }) : told(language, no.because)
    }
  }

  async chooseState(state: 'available' | 'idle', reason = ''): Promise<void> {
    try {
      const me = await this.choices.wish({ state, reason })
      if (me !== null) this.dispatch({ what: 'me', me, now: new Date(serverNow()).toISOString() })
    } catch (no) {
      this.failed(no)
    }
  }

  /** Whether it was done. */
  async act(interaction: Interaction, action: Action, body?: object): Promise<boolean> {
    const name = `${interaction.id} ${action}`
    if (this.now.pending.has(name)) return false
    this.set({ pending: new Set([...this.now.pending, name]), failure: null })
    try {
      const after = await api.act(interaction.id, action, interaction.revision, body)
      if (after !== undefined) this.dispatch({ what: 'answer', interaction: after, now: new Date(serverNow()).toISOString() })
      return true
    } catch (no) {
      this.failed(no)
      return false
    } finally {
      this.set({ pending: new Set([...this.now.pending].filter((each) => each !== name)) })
    }
  }

  /** Send a key of the keypad. Keys pressed before the last one is answered wait, and go together, in their order. */
  async sendDigit(interaction: Interaction, digit: string): Promise<void> {
    const { id } = interaction
    this.digitsWaiting.set(id, (this.digitsWaiting.get(id) ?? '') + digit)
    if (this.now.pending.has(`${id} dtmf`)) return
    for (let digits = this.digitsWaiting.get(id); digits !== undefined; digits = this.digitsWaiting.get(id)) {
      this.digitsWaiting.delete(id)
      if (!(await this.act(this.now.state.interactions[id] ?? interaction, 'dtmf', { digits }))) this.digitsWaiting.delete(id)
    }
  }

  async wrapUp(interaction: Interaction, reason: Reason, note: string): Promise<boolean> {
    this.dispatch({ what: 'reason', interaction: interaction.id, reason: reason.name })
    return this.act(interaction, 'wrap-up', { reason: reason.id, ...(note === '' ? {} : { note }) })
  }

  async callOut(target: Target): Promise<boolean> {
    try {
      const interaction = await api.callOut(target)
      this.dispatch({ what: 'answer', interaction, now: new Date(serverNow()).toISOString() })
      return true
    } catch (no) {
      this.failed(no)
      return false
    }
  }

  failed(no: unknown): void {
    const language = settings.get().language
    if (no instanceof Refused) {
      if (no.status === 401) this.isOut('sessionEnded')
      else
        this.set({
          failure: { title: no.code === 'not-kept' ? 'notKeptTitle' : 'failedTitle', text: no.code === 'stale' ? say(language, 'failedStale') : told(language, no.because) },
        })
    } else if (no instanceof Unreachable) {
      this.set({ failure: { title: 'failedTitle', text: say(language, 'failedNetwork') } })
    } else throw no
  }

  dismiss(): void {
    this.set({ failure: null })
  }
}

function kept(): readonly Past[] {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(HISTORY) ?? '[]')
    return Array.isArray(read) ? (read as Past[]) : []
  } catch {
    return [] // somebody else wrote there
  }
}
