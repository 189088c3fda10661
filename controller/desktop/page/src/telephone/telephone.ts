/**
 * The telephone in the page: SIP over the controller's own WebSocket, sound straight to Asterisk.
 *
 * It decides nothing about the call: it answers when told, and what a call is, is what the server says.
 */
import type { IncomingRTCSessionEvent } from 'jssip/lib/UA'
import type { RTCSession } from 'jssip/lib/RTCSession'
import type { UA } from 'jssip'
import * as api from '../api/api'
import { Refused } from '../api/api'
import type { Telephone as Told } from '../api/shapes'
import { settings } from '../state/settings'
import { isEnough } from './candidates'
import { canChooseOutput, openMicrophone, ring, type MicrophoneTrouble } from './devices'
import { Ownership } from './ownership'

/** Where the choice at the last login is kept. */
export const TELEPHONE = 'ari-controller.telephone'

/** What was chosen at the last login; null: nothing, the site decides. */
export function chosenTelephone(): 'browser' | 'desk' | null {
  const kept = localStorage.getItem(TELEPHONE)
  return kept === 'desk' || kept === 'browser' ? kept : null
}

export type Where = 'unknown' | 'desk' | 'here' | 'other-tab'

export interface TelephoneState {
  where: Where
  /** The server takes this page for the agent's telephone. */
  registered: boolean
  /** It has tried and can't. */
  failed: boolean
  microphone: 'unknown' | 'open' | MicrophoneTrouble
  /** A call rings here and can be answered here. */
  rings: boolean
  inCall: boolean
  /** Of a desk telephone, or the SIP user. */
  user: string
}

const BEGINNING: TelephoneState = {
  where: 'unknown',
  registered: false,
  failed: false,
  microphone: 'unknown',
  rings: false,
  inCall: false,
  user: '',
}
const REGISTER_SECONDS = 60
/** How long a page that does not get the telephone at once waits before it says that another tab has it. */
const OTHER_TAB_MS = 400
/** The server's word, in closing the WebSocket, that another window has taken the telephone. */
const TAKEN = 4009
/** How soon the page asks again for its telephone, or to register it. */
const AGAIN_MS = 2000
/** How long the sound of a tab that lost the telephone goes on: the new tab's leg is in the room by then. */
const HANDOVER_MS = 1500

export class Telephone {
  private now = BEGINNING
  private readonly listeners = new Set<() => void>()
  private readonly ownership: Ownership
  private ua: UA | null = null
  private session: RTCSession | null = null
  private microphone: MediaStream | null = null
  private stopRinging: (() => void) | null = null
  private readonly ear = new Audio()
  private started = false
  private asksAgain: number | undefined
  /** The server says that the agent is in a call. */
  private legIsUp = false
  private legRings = false
  private followed = false
  /** Its leg rang already when the page came, or came back: what rang is no more. */
  private rangBefore = false
  private muted = false
  private hadReconnected = false
  /** The next opening takes it from wherever it is. */
  private takes = false
  /** It has logged off from Asterisk because it has no microphone. */
  private isLoggedOff = false
  /** What the server has just said of it: the opening that follows at once need not ask again. */
  private told: Told | null = null

  constructor() {
    this.ear.autoplay = true
    this.ownership = new Ownership({
      taken: () => void this.open(),
      lost: () => this.handOver(),
    })
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.checkMicrophone())
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  get = (): TelephoneState => this.now

  private set(change: Partial<TelephoneState>): void {
    this.now = { ...this.now, ...change }
    for (const listener of this.listeners) listener()
  }

  /** After the login. */
  async start(): Promise<void> {
    if (this.started) return
    this.started = true
    if (this.ua !== null) {
      await this.renew() // the login ended in a call, which went on
      return
    }
    let mine
    try {
      mine = await api.telephone()
    } catch (no) {
      if (no instanceof Refused && no.status < 500 && no.status !== 429) {
        this.set({ where: 'desk' }) // a controller without telephones in browsers
        return
      }
      // Asterisk or the controller is away for a moment; whoever logs out meanwhile asks no more.
      this.asksAgain = window.setTimeout(() => {
        this.started = false
        void this.start()
      }, AGAIN_MS)
      return
    }
    if (!this.started) return
    // With a password the page is a telephone as soon as it registers, whatever rings now; unless the desk's was chosen.
    const isPage = (mine.password != null || mine.elsewhere === true || mine.kind === 'browser') && chosenTelephone() !== 'desk'
    if (!isPage) {
      this.set({ where: 'desk', user: mine.desk ?? '' })
      return
    }
    // While the page waits for the lock: after a reload in a call every tenth of a second is one without sound.
    import('jssip').catch(() => undefined) // whoever opens it asks again
    this.told = mine
    this.ownership.start()
    setTimeout(() => {
      this.told = null
      if (this.started && this.now.where === 'unknown') this.set({ where: 'other-tab' })
    }, OTHER_TAB_MS)
  }

  /** After the logout nothing of it is left; a call that still goes on is not cut by the end of a login. */
  stop(): void {
    this.started = false
    clearTimeout(this.asksAgain)
    this.followed = false
    if (this.session?.isEstablished() === true) return
    this.ownership.stop()
    this.close('unknown')
    this.now = BEGINNING
    this.set({})
  }

  /** Another tab has it: take it from there. */
  takeOver(): void {
    this.takes = true
    if (this.ownership.isOurs)
      void this.open() // it is with another login, on another machine perhaps
    else this.ownership.steal()
  }

  private async open(): Promise<void> {
    const { takes, told } = this
    this.takes = false
    this.told = null
    this.set({ where: 'here', failed: false })
    void this.checkMicrophone()
    try {
      const [loaded, mine] = await Promise.all([import('jssip'), told !== null && !takes ? told : api.telephone(takes)])
      if (mine.elsewhere === true) {
        this.handOver()
        return
      }
      const JsSIP = 'default' in loaded ? (loaded.default as typeof loaded) : loaded
      if (!this.started || this.now.where !== 'here') return
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
      const socket = new JsSIP.WebSocketInterface(`${scheme}://${location.host}${mine.websocket ?? `${api.API}/sip`}`)
      const ua = new JsSIP.UA({
        sockets: [socket],
        uri: `sip:${mine.user ?? ''}@${location.hostname}`,
        password: mine.password ?? '',
        register_expires: REGISTER_SECONDS,
        session_timers: false,
        connection_recovery_min_interval: 1,
        connection_recovery_max_interval: 4,
        user_agent: 'ari-controller page',
      })
      this.ua = ua
      this.set({ user: mine.user ?? '' })
      ua.on('registered', () => this.registered(ua))
      ua.on('unregistered', () => ua === this.ua && this.set({ registered: false }))
      ua.on('disconnected', ({ code }) => {
        if (ua !== this.ua) return
        if (code === TAKEN) this.handOver()
        else this.set({ registered: false })
      })
      ua.on('registrationFailed', () => {
        if (ua !== this.ua) return
        this.set({ registered: false, failed: true })
        void this.renew().then(() => {
          // While the connection stands JsSIP itself does not try again.
          setTimeout(() => ua === this.ua && ua.isConnected() && !ua.isRegistered() && ua.register(), AGAIN_MS)
        })
      })
      ua.on('newRTCSession', (event: IncomingRTCSessionEvent) => this.arrived(event))
      ua.start()
    } catch {
      this.set({ failed: true })
      setTimeout(() => this.now.where === 'here' && this.ua === null && void this.open(), 3000)
    }
  }

  private close(where: Where): void {
    const ua = this.ua
    this.ua = null
    this.session = null
    this.quiet()
    this.hadReconnected = false
    this.isLoggedOff = false
    for (const track of this.microphone?.getTracks() ?? []) track.stop()
    this.microphone = null
    this.ear.srcObject = null
    ua?.stop()
    this.set({ where, registered: false, rings: false, inCall: false, microphone: 'unknown' })
  }

  /** Another tab took the telephone. No goodbye to the call: that tab has its leg rung anew, and the server drops ours then. */
  private handOver(): void {
    const { ua, session, microphone } = this
    this.ua = null
    this.session = null
    this.microphone = null
    this.hadReconnected = false
    this.quiet()
    ;(ua as unknown as { transport: { disconnect(): void } | null } | null)?.transport?.disconnect()
    setTimeout(() => {
      session?.connection?.close()
      for (const track of microphone?.getTracks() ?? []) track.stop()
    }, HANDOVER_MS)
    this.set({ where: 'other-tab', registered: false, rings: false, inCall: false, microphone: 'unknown' })
  }

  /** The password lives as long as the login, and Asterisk forgets it when it restarts: ask what it is now. */
  private async renew(): Promise<void> {
    try {
      const mine = await api.telephone()
      this.ua?.set('password', mine.password ?? '')
    } catch {
      // It is asked again when it can't register.
    }
  }

  private registered(ua: UA): void {
    if (ua !== this.ua) return
    this.set({ registered: true, failed: false })
    // The dialog still points to the WebSocket that broke: without this the other side's goodbye would never come.
    if (this.session?.isEstablished() === true) this.session.renegotiate()
    this.rangBefore ||= this.legRings
    void this.reconnect()
    this.showReadiness()
  }

  /** The page was loaded anew in the middle of a call, or while it rang: the server rings its leg again. */
  private async reconnect(): Promise<void> {
    if (!(this.legIsUp || this.rangBefore) || this.session !== null || this.hadReconnected || !this.now.registered) return
    this.hadReconnected = true
    this.rangBefore = false
    try {
      await api.reconnect()
    } catch {
      // Asterisk may be away for a moment: until it is rung anew the call has no sound.
      this.hadReconnected = false
      setTimeout(() => void this.reconnect(), AGAIN_MS)
    }
  }

  /** What the server says of the agent's own leg. */
  follow(leg: { up: boolean; rings: boolean; muted: boolean }): void {
    const was = this.legIsUp
    this.legIsUp = leg.up
    this.legRings = leg.rings
    this.rangBefore = leg.rings && (this.rangBefore || !this.followed)
    this.followed = true
    if ((leg.up && !was) || this.rangBefore) void this.reconnect()
    if (!leg.up && !leg.rings && was && this.session !== null) this.hangUp() // the server decides what a call is
    if (!leg.up) this.hadReconnected = false
    if (leg.muted !== this.muted) {
      this.muted = leg.muted
      this.mirrorMute()
    }
  }

  private mirrorMute(): void {
    if (this.session?.isEstablished() !== true) return
    if (this.muted) this.session.mute({ audio: true })
    else this.session.unmute({ audio: true })
  }

  private hangUp(): void {
    const session = this.session
    if (session === null) return
    try {
      session.terminate()
    } catch {
      // It has ended in this very moment.
    }
  }

  private arrived({ session, request, originator }: IncomingRTCSessionEvent): void {
    if (originator !== 'remote') return
    if (this.session !== null && !this.session.isEnded()) {
      // Rung anew while the old sound still stands: the new one is the call.
      const old = this.session
      this.session = null
      if (old.isEstablished()) setTimeout(() => !old.isEnded() && old.terminate(), 1000)
    }
    this.session = session
    const over = () => {
      if (session !== this.session) return
      this.session = null
      this.quiet()
      this.ear.srcObject = null
      this.set({ rings: false, inCall: false })
      if (!this.started) this.stop()
      else this.showReadiness()
    }
    session.on('ended', over)
    session.on('failed', over)
    session.on('accepted', () => {
      if (session !== this.session) return
      this.quiet()
      this.set({ rings: false, inCall: true })
      this.mirrorMute()
    })
    session.on('peerconnection', ({ peerconnection }: { peerconnection: RTCPeerConnection }) => this.hear(peerconnection))
    let isReady = false
    session.on('icecandidate', (event: { candidate: RTCIceCandidate; ready: () => void }) => {
      if (isReady || !isEnough(event.candidate)) return
      isReady = true
      event.ready()
    })
    const answersItself = /answer-after=0/.test(request.getHeader('Call-Info') ?? '')
    if (answersItself) void this.answer()
    else {
      this.set({ rings: true })
      const { ringer, ringVolume } = settings.get()
      this.stopRinging = ring(ringer, ringVolume)
    }
  }

  private quiet(): void {
    this.stopRinging?.()
    this.stopRinging = null
  }

  private hear(connection: RTCPeerConnection): void {
    connection.addEventListener('track', (event) => {
      this.ear.srcObject = event.streams[0] ?? new MediaStream([event.track])
      const { headset } = settings.get()
      if (headset !== '' && canChooseOutput) void this.ear.setSinkId(headset).catch(() => undefined) // unplugged: the default device
      void this.ear.play().catch(() => undefined) // allowed as soon as the microphone is open
    })
  }

  answer = async (): Promise<void> => {
    const session = this.session
    if (session === null || session.isEstablished()) return
    this.quiet()
    if (this.microphone === null) await this.checkMicrophone()
    if (this.microphone === null || session !== this.session) return
    session.answer({
      mediaStream: this.microphone.clone(),
      pcConfig: { iceServers: [], bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require', iceCandidatePoolSize: 0 },
    })
  }

  /** Open the microphone, or find out why it can't be. It stays open while the page is the telephone, so that an answer is heard at once. */
  checkMicrophone = async (): Promise<void> => {
    if (this.now.where !== 'here') return
    const live = this.microphone?.getAudioTracks()[0]
    if (live?.readyState === 'live') {
      this.set({ microphone: 'open' })
      return
    }
    // Where the page is no secure context the browser gives none.
    const got = navigator.mediaDevices === undefined ? 'refused' : await openMicrophone(settings.get().microphone)
    if (typeof got === 'string') {
      this.microphone = null
      this.set({ microphone: got })
    } else {
      this.microphone = got
      got.getAudioTracks()[0]?.addEventListener('ended', () => void this.checkMicrophone())
      this.set({ microphone: 'open' })
    }
    this.showReadiness()
  }

  /** A telephone that nobody would hear takes no calls: it logs off from Asterisk, so the server offers none. A call that stands stays. */
  private showReadiness(): void {
    const { ua } = this
    if (ua === null || !ua.isConnected() || this.session !== null || this.legIsUp || this.legRings) return
    const isMute = this.now.microphone === 'refused' || this.now.microphone === 'none'
    if (isMute && ua.isRegistered()) {
      this.isLoggedOff = true
      ua.unregister()
    } else if (!isMute && this.isLoggedOff) {
      this.isLoggedOff = false
      ua.register()
    }
  }

  /** Another microphone was chosen: a standing call speaks through it from now on. */
  changeMicrophone = async (): Promise<void> => {
    for (const track of this.microphone?.getTracks() ?? []) track.stop()
    this.microphone = null
    await this.checkMicrophone()
    const track = this.microphone === null ? undefined : (this.microphone as MediaStream).getAudioTracks()[0]
    const sender = this.session?.connection?.getSenders().find((each) => each.track?.kind === 'audio')
    if (track !== undefined && sender !== undefined) await sender.replaceTrack(track.clone())
  }

  /** The open microphone, for the level. */
  get stream(): MediaStream | null {
    return this.microphone
  }
}
