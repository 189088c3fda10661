/** Buttons and boxes that the whole page shares. */
import { useId, type ReactNode, type Ref } from 'react'
import { Icon, type IconName } from './icons'

export interface PressProps {
  children: ReactNode
  onPress?: (() => void) | undefined
  /** Why it can't be pressed now: it stays reachable, and says so. */
  refused?: string | null | undefined
  icon?: IconName | undefined
  look?: string | undefined
  label?: string | undefined
  pressed?: boolean | undefined
  type?: 'button' | 'submit'
  autoFocus?: boolean
  ref?: Ref<HTMLButtonElement>
}

/** A button; a refused one is reached by keyboard and tells its reason in a bubble and to a screen reader. */
export function Press({ children, onPress, refused, icon, look = '', label, pressed, type = 'button', autoFocus, ref }: PressProps) {
  const id = useId()
  const isRefused = refused != null
  const button = (
    <button
      ref={ref}
      type={type}
      className={`btn ${look}`}
      aria-disabled={isRefused || undefined}
      aria-describedby={isRefused && refused !== '' ? id : undefined}
      aria-label={label}
      aria-pressed={pressed}
      autoFocus={autoFocus}
      onClick={(event) => {
        if (isRefused) event.preventDefault()
        else onPress?.()
      }}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      <span>{children}</span>
    </button>
  )
  if (!isRefused || refused === '') return button
  return (
    <span className="why">
      {button}
      <span className="tip" role="tooltip" id={id}>
        {refused}
      </span>
    </span>
  )
}

export function Tag({ look = '', icon, children }: { look?: string; icon?: IconName; children: ReactNode }) {
  return (
    <span className={`tag ${look}`}>
      {icon === undefined ? null : <Icon name={icon} />}
      <span className="clip">{children}</span>
    </span>
  )
}

export function SearchBox(props: { label: string; hint: string; value: string; onChange: (value: string) => void }) {
  return (
    <div className="searchbox">
      <Icon name="search" />
      <input
        className="input"
        type="search"
        maxLength={100}
        aria-label={props.label}
        placeholder={props.hint}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </div>
  )
}

/** A bar that empties; the words beside it say the same. */
export function Remaining({ part }: { part: number }) {
  return (
    <span className="barr" aria-hidden="true">
      <i style={{ width: `${Math.max(0, Math.min(1, part)) * 100}%` }} />
    </span>
  )
}

export function Message({ look, icon, children }: { look: string; icon: IconName; children: ReactNode }) {
  return (
    <p className={`msg ${look}`}>
      <Icon name={icon} />
      <span>{children}</span>
    </p>
  )
}

/** A list that scrolls by itself, by keyboard too; the search box above it moves through its rows. */
export function ScrollBox({ label, look = '', children }: { label: string; look?: string; children: ReactNode }) {
  return (
    <div className={`list ${look}`} tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  )
}
