/** Keys that send digits to whom the agent talks with. Digits on the keyboard work too, while it has the focus. */
import { useEffect, useRef, useState } from 'react'
import { Press } from '../parts/controls'
import { useWords } from '../state/use'

const KEYS: readonly (readonly [string, string])[] = [
  ['1', ''],
  ['2', 'ABC'],
  ['3', 'DEF'],
  ['4', 'GHI'],
  ['5', 'JKL'],
  ['6', 'MNO'],
  ['7', 'PQRS'],
  ['8', 'TUV'],
  ['9', 'WXYZ'],
  ['*', ''],
  ['0', '+'],
  ['#', ''],
]
const SHOWN_MAX = 20

export function Keypad({ onDigit, onClose }: { onDigit: (digit: string) => void; onClose: () => void }) {
  const { t, colon } = useWords()
  const [sent, setSent] = useState('')
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.querySelector<HTMLButtonElement>('.kpk')?.focus(), [])
  const send = (digit: string) => {
    setSent((before) => (before + digit).slice(-SHOWN_MAX))
    onDigit(digit)
  }
  return (
    <div
      className="kp"
      role="group"
      aria-label={t('keypad')}
      ref={box}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
        else if (/^[0-9*#]$/.test(event.key)) send(event.key)
      }}
    >
      <div className="row">
        <span className="h grow">{t('keypad')}</span>
        <Press look="quiet s" icon="x" onPress={onClose}>
          {t('close')}
        </Press>
      </div>
      <div className="kpgrid">
        {KEYS.map(([key, letters]) => (
          <button key={key} type="button" className="btn kpk" onClick={() => send(key)}>
            <b>
              {key}
              {key === '*' || key === '#' ? <span className="vh"> {t(key === '*' ? 'keypadStar' : 'keypadHash')}</span> : null}
            </b>
            <span className="small muted">{letters}</span>
          </button>
        ))}
      </div>
      <p className="small muted num" role="status">
        {t('sent')}
        {colon} <b>{[...sent].join(' ')}</b>
      </p>
    </div>
  )
}
