/** The API as functions. Every answer that is no success is a `Refused` with the server's own sentence; no answer is `Unreachable`. */
import type { Action, Directory, EntryKind, Interaction, Me, NumberPreview, PasswordRules, Reason, Story, Target, Telephone } from './shapes'

export const API = '/api/v1'
/** The server answers in milliseconds; after this nobody answers. */
const PATIENCE_MS = 10_000

/** The server said no, and why. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly because: string,
    readonly retryAfterSeconds: number | null,
  ) {
    super(because)
  }
}

/** Nobody answered. Whether it was done is not known. */
export class Unreachable extends Error {}

let offsetMs = 0

/** The server's clock, in milliseconds. Its `Date` has whole seconds, so less than one is no difference. */
export function serverNow(): number {
  return Date.now() + offsetMs
}

function setClock(date: string | null, sentAt: number): void {
  if (date === null) return
  const server = Date.parse(date) + 500
  const here = (sentAt + Date.now()) / 2
  const measured = server - here
  if (Number.isNaN(measured)) return
  offsetMs = Math.abs(measured) <= 1000 ? 0 : measured
}

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const sentAt = Date.now()
  let answer: Response
  try {
    answer = await fetch(API + path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch (nobody) {
    throw new Unreachable(String(nobody))
  }
  setClock(answer.headers.get('Date'), sentAt)
  if (answer.ok) return answer
  const after = Number(answer.headers.get('Retry-After'))
  let code = ''
  let because = ''
  try {
    const problem = (await answer.json()) as { code?: string; detail?: string }
    code = problem.code ?? ''
    because = problem.detail ?? ''
  } catch {
    // A proxy between us and the server answers something else.
  }
  if (code === '' && answer.status >= 500) throw new Unreachable(`a proxy says ${String(answer.status)}`)
  throw new Refused(answer.status, code, because, Number.isFinite(after) && after > 0 ? after : null)
}

async function json<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
  const answer = await ask(method, path, body, headers)
  const text = await answer.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

export const logIn = (agent: string, password: string, telephone?: 'browser' | 'desk') =>
  json<{ agent: string }>('POST', '/session', { agent, password, ...(telephone === undefined ? {} : { telephone }) })
export const logOut = () => ask('DELETE', '/session')
export const passwordRules = () => json<PasswordRules>('GET', '/me/password')
export const changePassword = (old: string, fresh: string) => ask('PUT', '/me/password', { old, new: fresh })
export const me = () => json<Me>('GET', '/me')
export const chooseState = (state: 'available' | 'idle', reason: string) =>
  json<Me>('PUT', '/me/state', { state, ...(reason === '' ? {} : { reason }) })
export const telephone = (take = false) => json<Telephone>('GET', `/me/telephone${take ? '?take=true' : ''}`)
export const reconnect = () => ask('POST', '/me/telephone/reconnect')
export const wrapUpReasons = async () => (await json<{ reasons: Reason[] }>('GET', '/wrap-up-reasons')).reasons
export const idleReasons = async () => (await json<{ reasons: Reason[] }>('GET', '/idle-reasons')).reasons
export const preview = (typed: string) => json<NumberPreview>('POST', '/number/preview', { typed })
export const callOut = (target: Target, queue?: string) =>
  json<Interaction>('POST', '/interactions', { target, ...(queue ? { queue } : {}) })

export function directory(kind: EntryKind, words: string, refresh: boolean): Promise<Directory> {
  const query = new URLSearchParams({ kind })
  if (words !== '') query.set('q', words)
  if (refresh) query.set('refresh', 'true')
  return json<Directory>('GET', `/directory?${query}`)
}

/** `revision` is what the person saw: a double click, or a second tab, can do no harm. */
export function act(interaction: string, action: Action, revision: number, body?: object): Promise<Interaction | undefined> {
  return json('POST', `/interactions/${encodeURIComponent(interaction)}/${action}`, body, {
    'If-Match': String(revision),
    'Idempotency-Key': crypto.randomUUID(),
  })
}

export const story = (interaction: string) => json<Story>('GET', `/interactions/${encodeURIComponent(interaction)}/story`)

export const setAgentState = (agent: string, state: 'available' | 'idle', reason: string) =>
  ask('PUT', `/agents/${encodeURIComponent(agent)}/state`, { state, ...(reason === '' ? {} : { reason }) })
