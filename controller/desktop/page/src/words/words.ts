/** Both languages as one type, and how a message becomes a sentence. Nothing here knows React. */
import { IntlMessageFormat } from 'intl-messageformat'
import { en } from './en'
import { fr } from './fr'

export type Word = keyof typeof fr
/** What a language must have: a key that is missing, or one too many, does not compile. */
export type Words = { readonly [key in Word]: string }
export type Language = 'fr' | 'en'
export type Value = string | number

export const CATALOGUES: { readonly [language in Language]: Words } = { fr, en }

const parsed = new Map<string, IntlMessageFormat>()

/** The message of a key, parsed once. */
export function message(language: Language, key: Word): IntlMessageFormat {
  const name = `${language}.${key}`
  let found = parsed.get(name)
  if (found === undefined) {
    found = new IntlMessageFormat(CATALOGUES[language][key], language)
    parsed.set(name, found)
  }
  return found
}

/** A word or sentence as text. */
export function say(language: Language, key: Word, values?: Record<string, Value>): string {
  return String(message(language, key).format(values))
}

/** The language that was chosen, or else the browser's first that we have. */
export function languageOf(chosen: string | null, browser: readonly string[]): Language {
  if (chosen === 'fr' || chosen === 'en') return chosen
  for (const wanted of browser) {
    const short = wanted.slice(0, 2).toLowerCase()
    if (short === 'fr' || short === 'en') return short
  }
  return 'en'
}

/** `mm:ss`, from one hour on `h:mm:ss`; never negative. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** A first name for short lines: 14 letters at most. */
export function shortName(name: string): string {
  const first = name.trim().split(/\s+/)[0] ?? ''
  const letters = [...first]
  return letters.length > 14 ? `${letters.slice(0, 13).join('')}…` : first
}

/** The initials of a name, two at most. */
export function initials(name: string): string {
  return name
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase()
}

/** Whether two texts are the same number, however they are written. */
export function isSameNumber(one: string, other: string): boolean {
  const bare = (text: string) => text.replace(/[\s().-]/g, '')
  return bare(one) === bare(other)
}

/** A country by its two letters, in words; null where it is none. */
export function regionName(language: Language, region: string | null | undefined): string | null {
  if (region == null || !/^[A-Z]{2}$/.test(region)) return null
  return new Intl.DisplayNames(language, { type: 'region' }).of(region) ?? region
}
