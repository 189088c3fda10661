/**
 * Whether an answer may go out with the candidates that there are: once one of them is of IPv4, by which alone Asterisk is configured to send
 * sound (rtp.conf). With one of IPv6 and no other it finds no pair, gives ICE up at once, and there is no sound. Where there is no such
 * candidate the answer goes out when all have been gathered.
 */
export function isEnough(candidate: { candidate: string }): boolean {
  const [, , protocol, , address = ''] = candidate.candidate.split(' ')
  return protocol?.toLowerCase() === 'udp' && address !== '' && !address.includes(':')
}
