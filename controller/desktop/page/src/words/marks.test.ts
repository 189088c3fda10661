import { describe, expect, it } from 'vitest'
import { marks } from './marks'

const shown = (typed: string, kept: string) =>
  marks(typed, kept)
    .map(({ text, keeps }) => (keeps === null ? ' ' : keeps ? text : `[${text}]`))
    .join('')

describe('What was pasted', () => {
  it('has its removed signs struck out, and nothing else', () => {
    expect(shown('01 99 00 (42) 18 ', '0199004218')).toBe('01 99 00 [(]42[)] 18')
    expect(shown('tél. 01 / poste 3', '013')).toBe('[tél.] 01 [/] [poste] 3')
  })

  it('keeps digits of any script, which are dialled as ours', () => {
    expect(shown('٠١٢', '012')).toBe('٠١٢')
  })

  it('is struck out whole where nothing is kept', () => {
    expect(shown('bonjour', '')).toBe('[bonjour]')
  })
})
