/** One tick for the whole page, on the whole second of the server's clock: all timers change together. */
import { useSyncExternalStore } from 'react'
import { serverNow } from '../api/api'

let second = Math.floor(serverNow() / 1000)
let timer: number | undefined
const listeners = new Set<() => void>()

function tick(): void {
  second = Math.floor(serverNow() / 1000)
  for (const listener of listeners) listener()
  // Aimed anew each time: a timer that sleeps with the machine is right again when it wakes.
  timer = window.setTimeout(tick, 1000 - (serverNow() % 1000) + 5)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) tick()
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearTimeout(timer)
      timer = undefined
    }
  }
}

document.addEventListener('visibilitychange', () => {
  if (timer !== undefined && document.visibilityState === 'visible') {
    clearTimeout(timer)
    tick()
  }
})

const never = () => () => undefined

/** The server's time in whole seconds; whoever uses it is drawn again every second. Not `wanted`: 0, and never. */
export function useSecond(wanted = true): number {
  return useSyncExternalStore(wanted ? subscribe : never, () => (wanted ? second : 0))
}

/** Seconds since a moment of the server; 0 where there is none. */
export function secondsSince(moment: string | null | undefined, now: number): number {
  return moment == null ? 0 : Math.max(0, Math.floor(now - Date.parse(moment) / 1000))
}

/** Whole seconds until a moment of the server, rounded up: 1 is said until nothing is left. */
export function secondsUntil(moment: string, now: number): number {
  return Math.max(0, Math.ceil(Date.parse(moment) / 1000 - now))
}

/** The same of a time that began at a moment: never more than the whole of it, though the page's second is up to one old. */
export function secondsLeft(overAt: string, from: string, now: number): number {
  return Math.min(secondsUntil(overAt, now), wholeSeconds(overAt, from))
}

/** How long a time is that ends and began at two moments of the server; one second at least. */
export function wholeSeconds(overAt: string, from: string): number {
  return Math.max(1, Math.round((Date.parse(overAt) - Date.parse(from)) / 1000))
}
