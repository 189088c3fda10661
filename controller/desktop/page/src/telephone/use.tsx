/** How components see the telephone. */
import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react'
import type { Telephone, TelephoneState } from './telephone'

const TelephoneContext = createContext<Telephone | null>(null)

export function TelephoneProvider({ telephone, children }: { telephone: Telephone; children: ReactNode }) {
  return <TelephoneContext value={telephone}>{children}</TelephoneContext>
}

export function useTelephone(): { state: TelephoneState; answer: () => void; telephone: Telephone } {
  const telephone = useContext(TelephoneContext)
  if (telephone === null) throw new Error('A component stands outside TelephoneProvider.')
  const state = useSyncExternalStore(telephone.subscribe, telephone.get)
  return { state, telephone, answer: () => void telephone.answer() }
}
