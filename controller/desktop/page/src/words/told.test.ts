import { describe, expect, it } from 'vitest'
import { IN_FRENCH, told } from './told'

describe("The server's sentences in French", () => {
  it('names and numbers stand where they belong', () => {
    expect(told('fr', 'Bob Durand has not answered yet.')).toBe("Bob Durand n’a pas encore répondu.")
    expect(told('fr', 'You are consulting Bob $1 (x): end the consult first.')).toBe(
      "Vous consultez Bob $1 (x)\u00a0: terminez d’abord la consultation.",
    )
    expect(told('fr', 'Bob Durand declined. The customer comes back to you.')).toBe('Bob Durand a refusé. Le client vous revient.')
  })

  it('what a queue has to offer is told', () => {
    expect(told('fr', '0 free, nobody waits')).toBe("agents libres\u00a0: 0, personne n’attend")
    expect(told('fr', '1 free, 2 waiting, the longest for 0:31')).toBe(
      'agents libres\u00a0: 1, dans la file\u00a0: 2, attente la plus longue\u00a0: 0:31',
    )
  })

  it('why colleagues could not be read is told, with the reason as it came', () => {
    const failed = "The people of Head office could not be fetched again, and the list is 3 minutes old: it can't be reached: refused."
    expect(told('fr', failed)).toBe(
      "Head office\u00a0: la liste des personnes n’a pas pu être rechargée et date de 3 min\u00a0: it can't be reached: refused.",
    )
    expect(told('fr', 'The list of Head office has become much shorter: 50000 people, now 3.')).toBe(
      'Head office\u00a0: la liste est devenue bien plus courte\u00a0: 50000 personnes, maintenant 3.',
    )
  })

  it('a country and a type of numbers are told in words, and a queue of such a name is left as it is', () => {
    expect(told('fr', 'Numbers in DE are not called from this site: ask your administrator if you need to call one.')).toContain('(Allemagne)')
    expect(told('fr', 'Numbers of the type pager are not called from this site, because of what they cost: find another number.')).toContain(
      '(radiomessagerie)',
    )
    expect(told('fr', 'Nobody in premium is free yet.')).toBe('Personne n’est encore libre dans la file premium.')
  })

  it('a sentence that nobody has translated is shown as it came, and English stays English', () => {
    expect(told('fr', 'Something new.')).toBe('Something new.')
    expect(told('en', 'You are not muted.')).toBe('You are not muted.')
  })

  it('the French has the apostrophe of typographers, and quotes as angles', () => {
    for (const [english, french] of Object.entries(IN_FRENCH)) expect(french, english).not.toMatch(/['"‘“”]/)
  })

  it('a target that is not there is told in French, whatever its kind', () => {
    expect(told('fr', "There is no queue 'suport'; there are: support, billing.")).toBe(
      "Il n’y a pas de file 'suport'\u00a0; il y a\u00a0: support, billing.",
    )
    expect(told('fr', "There is no entry point 'x'; there are: those whom the directory lists.")).toBe(
      "Il n’y a pas de point d’entrée 'x'\u00a0; il y a\u00a0: ceux que montre la liste.",
    )
  })

  it('the French has the same holes as the English', () => {
    const holes = (text: string) => [...new Set([...text.matchAll(/\{\w\}/g)].map((found) => found[0]))].sort()
    for (const [english, french] of Object.entries(IN_FRENCH)) expect(holes(french), english).toEqual(holes(english))
  })
})
