/** What was pasted: kept signs bold, removed ones struck out. */
export function marks(typed: string, kept: string): readonly { text: string; keeps: boolean | null }[] {
  const found: { text: string; keeps: boolean | null }[] = []
  let next = 0
  for (const sign of typed.trim()) {
    const wanted = kept[next]
    const isKept = wanted !== undefined && (sign === wanted || (/\p{Nd}/u.test(sign) && /\d/.test(wanted)))
    if (isKept) next += 1
    const keeps = /\s/u.test(sign) ? null : isKept
    const last = found[found.length - 1]
    if (last !== undefined && last.keeps === keeps) last.text += sign
    else found.push({ text: sign, keeps })
  }
  return found
}
