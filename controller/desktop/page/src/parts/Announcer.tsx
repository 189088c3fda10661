/**
 * What is said aloud. These regions stand outside everything, so that an open dialog does not silence them.
 *
 * Assertive: an offer, a transfer, the telephone or the server lost. Everything else that speaks is polite and stands where it is shown.
 */
import { createPortal } from 'react-dom'
import type { Interaction } from '../api/shapes'
import { useOfferWords } from '../rooms/Offer'
import { useDeskState, useWords } from '../state/use'
import { useTelephone } from '../telephone/use'
import { useAway } from './Banners'

export function Announcer({ offered, asked }: { offered: Interaction | null; asked: Interaction | null }) {
  const { t } = useWords()
  const offer = useOfferWords(offered)
  const away = useAway()
  const { failure } = useDeskState()
  const { state } = useTelephone()
  const owner = asked?.agents.find((party) => party.agent === asked.owner)?.name ?? ''
  const microphone = state.where === 'here' && state.microphone === 'refused' ? t('micTitle') : ''
  const said = [
    offer,
    asked === null ? '' : t('sAsked', { a: owner }),
    away ? t('noServer') : '',
    failure === null ? '' : `${t(failure.title)}. ${failure.text}`,
    microphone,
  ]
    .filter((part) => part !== '')
    .join(' ')
  return createPortal(
    <div className="vh" data-live-announcer="true">
      <p role="alert" aria-live="assertive">
        {said}
      </p>
    </div>,
    document.body,
  )
}
