/** The frame of every dialog: it traps the focus, gives it back where it was, and Escape closes it at once. */
import { useLayoutEffect, type ReactNode } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useWords } from '../state/use'
import { Press } from './controls'

let open = 0

/** What stands behind a dialog is inert already; not every reader of roles knows that word, so it is hidden by the older one too. */
function useHidesPage(): void {
  useLayoutEffect(() => {
    const page = document.getElementById('app')
    open += 1
    page?.setAttribute('aria-hidden', 'true')
    return () => {
      open -= 1
      if (open === 0) page?.removeAttribute('aria-hidden')
    }
  }, [])
}

export function DialogFrame(props: {
  title: string
  intro?: ReactNode
  size?: 'n' | 'fix'
  role?: 'dialog' | 'alertdialog'
  onClose: () => void
  closeButton?: boolean
  tabs?: ReactNode
  body: ReactNode
  foot?: ReactNode
}) {
  const { t } = useWords()
  useHidesPage()
  return (
    <ModalOverlay className="scrim" isOpen onOpenChange={(open) => !open && props.onClose()}>
      <Modal className="modalbox">
        <Dialog className={`dlg ${props.size ?? 'n'}`} role={props.role ?? 'dialog'}>
          <div
            className="dlgin"
            onKeyDownCapture={(event) => {
              if (event.key !== 'Escape' || event.defaultPrevented) return
              event.preventDefault()
              event.stopPropagation()
              props.onClose()
            }}
          >
            <div className="dh">
              <div className="row">
                <div className="grow">
                  <Heading slot="title" level={2}>
                    {props.title}
                  </Heading>
                  {props.intro === undefined ? null : <p className="muted">{props.intro}</p>}
                </div>
                {props.closeButton === false ? null : (
                  <Press look="quiet" icon="x" onPress={props.onClose}>
                    {t('close')}
                  </Press>
                )}
              </div>
              {props.tabs}
            </div>
            {props.body}
            {props.foot === undefined ? null : <div className="df">{props.foot}</div>}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
