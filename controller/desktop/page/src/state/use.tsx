/** How components see the desk, the settings and the words. */
import { createContext, createElement, Fragment, useContext, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import { told } from '../words/told'
import { duration, message, say, type Language, type Value, type Word } from '../words/words'
import type { Desk, DeskState } from './desk'
import { settings, type Settings } from './settings'
import { secondsSince, useSecond } from './tick'

const DeskContext = createContext<Desk | null>(null)

export function DeskProvider({ desk, children }: { desk: Desk; children: ReactNode }) {
  return <DeskContext value={desk}>{children}</DeskContext>
}

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (desk === null) throw new Error('A component stands outside DeskProvider.')
  return desk
}

export function useDeskState(): DeskState {
  const desk = useDesk()
  return useSyncExternalStore(desk.subscribe, desk.get)
}

/** One part of it: whoever uses it is drawn again when that part changes, and not at every word of the server. */
export function useDeskPart<T>(part: (state: DeskState) => T): T {
  const desk = useDesk()
  return useSyncExternalStore(desk.subscribe, () => part(desk.get()))
}

export function useSettings(): Settings {
  return useSyncExternalStore(settings.subscribe, settings.get)
}

export interface Speaker {
  language: Language
  /** A word as text. */
  t: (word: Word, values?: Record<string, Value>) => string
  /** A sentence with names in it: each is set apart, so that a name of another script can't turn the sentence round. */
  tx: (word: Word, values?: Record<string, Value | ReactNode>) => ReactNode
  /** A sentence of the server in the page's language. */
  told: (sentence: string) => string
  /** The colon behind a word: in French with a space that does not break. */
  colon: string
  /** A moment as the hour of the day. */
  hour: (moment: string | number, seconds?: boolean) => string
}

export function useWords(): Speaker {
  const { language } = useSettings()
  return useMemo(() => {
    const short = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    const long = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
    return {
      language,
      t: (word, values) => say(language, word, values),
      tx: (word, values) => {
        const set: Record<string, unknown> = {}
        for (const [name, value] of Object.entries(values ?? {})) set[name] = typeof value === 'string' ? <bdi>{value}</bdi> : value
        const parts: unknown = message(language, word).format(set as Record<string, Value>)
        return Array.isArray(parts) ? createElement(Fragment, null, ...(parts as ReactNode[])) : (parts as ReactNode)
      },
      told: (sentence) => told(language, sentence),
      colon: language === 'fr' ? '\u00a0:' : ':',
      hour: (moment, seconds = false) => (seconds ? long : short).format(new Date(moment)),
    }
  }, [language])
}

/** What a reason for being idle is called: a site's own by its name, one of the server's in the page's words. */
export function useIdleReason(): (id: string | null | undefined) => string {
  const idleReasons = useDeskPart((desk) => desk.idleReasons)
  const { told } = useWords()
  return (id) => (id == null || id === '' ? '' : (idleReasons.find((reason) => reason.id === id)?.name ?? told(id)))
}

/** A timer that counts from a moment of the server. */
export function Since({ moment, hidden = false }: { moment: string | null | undefined; hidden?: boolean }) {
  const now = useSecond()
  if (moment == null) return null
  return <time aria-hidden={hidden || undefined}>{duration(secondsSince(moment, now))}</time>
}
