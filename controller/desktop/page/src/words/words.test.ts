import { describe, expect, it } from 'vitest'
import { CATALOGUES, duration, initials, isSameNumber, languageOf, message, say, shortName, type Word } from './words'

const keys = Object.keys(CATALOGUES.fr) as Word[]
const names = (text: string) =>
  [...text.matchAll(/\{(\w+)[},]/g)]
    .map((found) => found[1])
    .sort()
    .filter((name, index, all) => all.indexOf(name) === index)

describe('Both catalogues', () => {
  it('have the same values in each message, and each can be made', () => {
    for (const key of keys) {
      const values = Object.fromEntries(names(CATALOGUES.fr[key]).map((name) => [name!, name === 'n' ? 3 : 'X']))
      for (const language of ['fr', 'en'] as const) expect(String(message(language, key).format(values)), key).not.toBe('')
      expect(names(CATALOGUES.en[key]), key).toEqual(names(CATALOGUES.fr[key]))
    }
  })

  it('no value is lost behind an apostrophe, which quotes in this syntax', () => {
    for (const key of keys) for (const language of ['fr', 'en'] as const) expect(CATALOGUES[language][key]).not.toMatch(/'\{/)
  })

  it('French has no break before two-part signs', () => {
    for (const key of keys) expect(CATALOGUES.fr[key], key).not.toMatch(/ [:?!;»]/)
  })

  it('French has the apostrophe of typographers, and quotes as angles', () => {
    for (const key of keys) expect(CATALOGUES.fr[key], key).not.toMatch(/['"‘“”]/)
  })

  it('sentences end with a full stop in both languages or in none', () => {
    for (const key of keys.filter((each) => /^[sp][A-Z]/.test(each) && !/^(ph|st|se|si|sh|su)/.test(each)))
      expect(CATALOGUES.fr[key].endsWith('.'), key).toBe(CATALOGUES.en[key].endsWith('.'))
  })
})

describe('Each word', () => {
  const sources = import.meta.glob(['../**/*.ts', '../**/*.tsx', '!../**/*.test.ts', '!./fr.ts', '!./en.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  })

  it('is said somewhere: a word that nobody needs any more goes', () => {
    const text = Object.values(sources).join('\n')
    expect(keys.filter((key) => !new RegExp(`['"]${key}['"]`).test(text))).toEqual([])
  })
})

describe('Plurals', () => {
  it('none, one and many are said as each language says them', () => {
    expect([0, 1, 2].map((n) => say('fr', 'freeN', { n }))).toEqual(['Aucun agent libre', '1 libre', '2 libres'])
    expect([0, 1, 2].map((n) => say('en', 'nResults', { n }))).toEqual(['No result', '1 result', '2 results'])
    expect(say('fr', 'nResults', { n: 1 })).toBe('1 résultat')
  })
})

describe('Names and times', () => {
  it('durations are minutes and seconds, from one hour with the hour, and never negative', () => {
    expect([0, 9, 72, 3599, 3600, 36_061, -5].map(duration)).toEqual(['00:00', '00:09', '01:12', '59:59', '1:00:00', '10:01:01', '00:00'])
  })

  it('short lines have a first name of at most fourteen letters', () => {
    expect(shortName('Bob Durand')).toBe('Bob')
    expect([...shortName('Maximilienne-Alexandrine de La Rochefoucauld')]).toHaveLength(14)
    expect(shortName('')).toBe('')
  })

  it('initials are letters, whatever the script', () => {
    expect(initials('élodie  lefèvre de la tour')).toBe('ÉL')
    expect(initials('עבד אלרחמן')).toBe('עא')
  })
})

describe('The language', () => {
  it('is the chosen one, or else the first of the browser that we have', () => {
    expect(languageOf('en', ['fr-FR'])).toBe('en')
    expect(languageOf(null, ['de-DE', 'fr-CA', 'en'])).toBe('fr')
    expect(languageOf(null, ['de'])).toBe('en')
  })
})

describe('A number', () => {
  it('is the same however it is written', () => {
    expect(isSameNumber('+33199002007', '+33 1 99 00 20 07')).toBe(true)
    expect(isSameNumber('+33199002007', 'Marie Durand')).toBe(false)
  })
})
