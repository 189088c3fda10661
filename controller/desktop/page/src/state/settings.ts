/** What a person chose in this browser: kept in its storage, and the same in all its tabs. */
import { languageOf, type Language } from '../words/words'

export type Theme = 'system' | 'light' | 'dark'
export type ShortcutName = 'slot1' | 'slot2' | 'slot3' | 'slot4' | 'mute' | 'keypad' | 'accept' | 'decline' | 'end'

/** Keys by their place on the keyboard (`code`), so that they are the same on every layout. */
export interface Keys {
  code: string
  ctrl: boolean
  alt: boolean
  shift: boolean
}

export interface Settings {
  /** Null: the browser's. */
  chosenLanguage: Language | null
  language: Language
  theme: Theme
  keys: Readonly<Record<ShortcutName, Keys>>
  microphone: string
  headset: string
  ringer: string
  /** 0 to 100. */
  ringVolume: number
  notify: boolean
}

const STORED = 'ari-controller.settings'

// Not Ctrl+Shift with a letter: browsers own many of those. Digits with both are free in Chromium and Firefox.
const digit = (n: number): Keys => ({ code: `Digit${n}`, ctrl: true, alt: false, shift: true })
export const DEFAULT_KEYS: Readonly<Record<ShortcutName, Keys>> = {
  slot1: digit(1),
  slot2: digit(2),
  slot3: digit(3),
  slot4: digit(4),
  mute: digit(5),
  keypad: digit(6),
  accept: digit(7),
  decline: digit(8),
  end: digit(9),
}

function read(): Settings {
  let stored: Partial<Settings> = {}
  try {
    stored = JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Settings>
  } catch {
    // Unreadable settings are no settings.
  }
  const chosen = stored.chosenLanguage === 'fr' || stored.chosenLanguage === 'en' ? stored.chosenLanguage : null
  return {
    chosenLanguage: chosen,
    language: languageOf(chosen, navigator.languages),
    theme: stored.theme === 'light' || stored.theme === 'dark' ? stored.theme : 'system',
    keys: { ...DEFAULT_KEYS, ...stored.keys },
    microphone: stored.microphone ?? '',
    headset: stored.headset ?? '',
    ringer: stored.ringer ?? '',
    ringVolume: typeof stored.ringVolume === 'number' ? stored.ringVolume : 70,
    notify: stored.notify === true,
  }
}

class SettingsStore {
  private now = read()
  private readonly listeners = new Set<() => void>()

  constructor() {
    window.addEventListener('storage', (changed) => {
      if (changed.key === STORED) this.publish(read())
    })
    this.dress()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  get = (): Settings => this.now

  change(change: Partial<Omit<Settings, 'language'>>): void {
    const { language: _derived, ...stored } = { ...this.now, ...change }
    localStorage.setItem(STORED, JSON.stringify(stored))
    this.publish(read())
  }

  private publish(next: Settings): void {
    this.now = next
    this.dress()
    for (const listener of this.listeners) listener()
  }

  private dress(): void {
    const html = document.documentElement
    html.lang = this.now.language
    if (this.now.theme === 'system') delete html.dataset['theme']
    else html.dataset['theme'] = this.now.theme
  }
}

export const settings = new SettingsStore()

/** Whether a key press is this shortcut. */
export function isPressed(keys: Keys, event: KeyboardEvent): boolean {
  return (
    event.code === keys.code && event.ctrlKey === keys.ctrl && event.altKey === keys.alt && event.shiftKey === keys.shift && !event.metaKey
  )
}

const OWNED = new Set([
  'KeyT',
  'KeyW',
  'KeyN',
  'KeyQ',
  'KeyP',
  'KeyI',
  'KeyJ',
  'KeyC',
  'KeyV',
  'KeyX',
  'KeyA',
  'KeyR',
  'KeyF',
  'KeyL',
  'Tab',
  'Escape',
])

/** A shortcut needs Ctrl or Alt, and not a key that a browser or a screen reader takes for itself. */
export function isFree(keys: Keys): boolean {
  if (!keys.ctrl && !keys.alt) return false
  if (keys.ctrl && keys.alt && !keys.shift) return false // screen readers' own
  if (OWNED.has(keys.code)) return false
  return /^(Digit|Key|Numpad)\w$/.test(keys.code)
}

/** The keys in words. */
export function keysInWords(keys: Keys, shift: string): string {
  const name = keys.code.replace(/^(Digit|Key|Numpad)/, '')
  return [keys.ctrl ? 'Ctrl' : '', keys.alt ? 'Alt' : '', keys.shift ? shift : '', name].filter(Boolean).join('+')
}
