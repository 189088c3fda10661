import { describe, expect, it } from 'vitest'
import { isEnough } from './candidates'

const of = (protocol: string, address: string) => ({
  candidate: `candidate:842163049 1 ${protocol} 2122260223 ${address} 58882 typ host generation 0 ufrag x network-id 1`,
})

describe('An answer', () => {
  it('goes out with the first candidate of IPv4, by name or by address', () => {
    expect(isEnough(of('udp', '192.0.2.2'))).toBe(true)
    expect(isEnough(of('UDP', '0e5a4f3c-11aa-4e66-9d8c-2f1d4d7d3a10.local'))).toBe(true)
  })

  it('does not go out with one of IPv6 alone, nor with one of TCP', () => {
    expect(isEnough(of('udp', 'fd00::2'))).toBe(false)
    expect(isEnough(of('tcp', '192.0.2.2'))).toBe(false)
    expect(isEnough({ candidate: '' })).toBe(false)
  })
})
