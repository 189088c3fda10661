/** The page's pictures: lines of one weight on a square of 24. They carry no meaning of their own; a word always stands beside them. */
import type { ReactNode } from 'react'

const PATHS = {
  phone: (
    <>
      <path d="M5 4h4l1.5 4.5L8 10.5a12 12 0 0 0 5.5 5.5l2-2.5L20 15v4a1.5 1.5 0 0 1-1.7 1.5A16 16 0 0 1 3.5 5.7 1.5 1.5 0 0 1 5 4z" />
    </>
  ),
  end: (
    <>
      <path d="M3 15.5c0-1 .3-2 1-2.6C6 11 9 10 12 10s6 1 8 2.9c.7.6 1 1.6 1 2.6v.8c0 .7-.7 1.2-1.4 1l-3-.8a1 1 0 0 1-.8-1v-1.7a11 11 0 0 0-7.6 0v1.7a1 1 0 0 1-.8 1l-3 .8c-.7.2-1.4-.3-1.4-1z" />
    </>
  ),
  mic: (
    <>
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
    </>
  ),
  micoff: (
    <>
      <path d="M4 4l16 16M9 9.5V11a3 3 0 0 0 4.5 2.6M15 10.5V6a3 3 0 0 0-5.7-1.3M5.5 11.5A6.5 6.5 0 0 0 16 16.7M18.5 11.5c0 .9-.2 1.8-.5 2.6M12 18v3" />
    </>
  ),
  keypad: (
    <>
      <path d="M6 6h.01M12 6h.01M18 6h.01M6 12h.01M12 12h.01M18 12h.01M6 18h.01M12 18h.01M18 18h.01" strokeWidth="3" />
    </>
  ),
  rec: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <circle cx="12" cy="12" r="3.5" fill="currentColor" stroke="none" />
    </>
  ),
  music: (
    <>
      <path d="M9 18V5.5l10-2V16" />
      <circle cx="6.5" cy="18" r="2.5" />
      <circle cx="16.5" cy="16" r="2.5" />
    </>
  ),
  waves: (
    <>
      <path d="M4 10v4M8 7v10M12 4v16M16 7v10M20 10v4" />
    </>
  ),
  search: (
    <>
      <circle cx="11" cy="11" r="6.5" />
      <path d="M16 16l4.5 4.5" />
    </>
  ),
  refresh: (
    <>
      <path d="M19.5 8A8 8 0 1 0 20 13.5M20 4v4.5h-4.5" />
    </>
  ),
  down: (
    <>
      <path d="M6 9.5l6 6 6-6" />
    </>
  ),
  check: (
    <>
      <path d="M5 12.5l4.5 4.5L19 7" />
    </>
  ),
  x: (
    <>
      <path d="M6 6l12 12M18 6L6 18" />
    </>
  ),
  alert: (
    <>
      <path d="M12 4l9 16H3zM12 10v4.5M12 17.3v.1" />
    </>
  ),
  info: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 11v5M12 7.8v.1" />
    </>
  ),
  no: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M6 6l12 12" />
    </>
  ),
  gear: (
    <>
      <circle cx="12" cy="12" r="3" />
      <path d="M12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M18.4 5.6l-1.8 1.8M7.4 16.6l-1.8 1.8" />
    </>
  ),
  head: (
    <>
      <path d="M4 15v-3a8 8 0 0 1 16 0v3" />
      <rect x="3" y="14" width="4.5" height="6" rx="1.5" />
      <rect x="16.5" y="14" width="4.5" height="6" rx="1.5" />
    </>
  ),
  exit: (
    <>
      <path d="M10 4H5v16h5M14 8l4 4-4 4M18 12H9" />
    </>
  ),
  right: (
    <>
      <path d="M4 12h15M13 6l6 6-6 6" />
    </>
  ),
  left: (
    <>
      <path d="M20 12H5M11 6l-6 6 6 6" />
    </>
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7v5l3.5 2" />
    </>
  ),
  wifi: (
    <>
      <path d="M3 3l18 18M2 9a15 15 0 0 1 6-3.5M22 9A15 15 0 0 0 12 5M5.5 12.5A10 10 0 0 1 10 10M9 16a5 5 0 0 1 6 0M12 19.5v.1" />
    </>
  ),
  tab: (
    <>
      <rect x="3" y="7" width="13" height="13" rx="2" />
      <path d="M8 7V5a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-3" />
    </>
  ),
  bell: (
    <>
      <path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4" />
    </>
  ),
  pen: (
    <>
      <path d="M4 20l1-4L16 5l3 3L8 19z" />
    </>
  ),
  plus: (
    <>
      <path d="M12 5v14M5 12h14" />
    </>
  ),
  deskp: (
    <>
      <rect x="3" y="10" width="18" height="10" rx="2" />
      <path d="M4 10V8a3 3 0 0 1 3-3h10a3 3 0 0 1 3 3v2M10 14h4M10 17h4" />
    </>
  ),
  globe: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M3.5 12h17M12 3.5c3 2.5 3 14.5 0 17M12 3.5c-3 2.5-3 14.5 0 17" />
    </>
  ),
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="i" viewBox="0 0 24 24" aria-hidden="true">
      {PATHS[name]}
    </svg>
  )
}

const PRESENCE = {
  ok: (
    <>
      <circle cx="6" cy="6" r="5" />
      <path d="M3.6 6.2l1.7 1.7 3.2-3.6" fill="none" stroke="var(--raised)" strokeWidth="1.5" />
    </>
  ),
  call: (
    <>
      <rect x="1" y="1" width="10" height="10" rx="2.5" />
      <path d="M3.5 5v2M6 3.5v5M8.5 5v2" stroke="var(--raised)" strokeWidth="1.3" />
    </>
  ),
  idle: (
    <>
      <circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M6 1.7a4.3 4.3 0 0 1 0 8.6z" />
    </>
  ),
  wrap: <path d="M6 .5L11.5 6 6 11.5.5 6z" />,
  off: <circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  stop: (
    <>
      <path d="M6 .8l5.6 10.4H.4z" />
      <path d="M6 4.5v3M6 9v.6" stroke="var(--raised)" strokeWidth="1.3" />
    </>
  ),
  unk: <circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2 1.7" />,
} satisfies Record<string, ReactNode>

export type PresenceShape = keyof typeof PRESENCE

/** A shape and a word; the colour only repeats them. */
export function Presence({ shape, children }: { shape: PresenceShape; children?: ReactNode }) {
  return (
    <span className={`pres p-${shape}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true" fill="currentColor">
        {PRESENCE[shape]}
      </svg>
      {children === undefined ? null : <span className="clip">{children}</span>}
    </span>
  )
}

/** The product's mark: the two rooms. */
export function Mark() {
  return (
    <svg viewBox="0 0 26 16" aria-hidden="true">
      <rect x="1" y="1" width="14" height="14" rx="4" fill="none" stroke="var(--talk)" strokeWidth="2" />
      <rect x="18" y="3" width="7" height="10" rx="2.5" fill="none" stroke="var(--hold)" strokeWidth="2" strokeDasharray="2.5 1.8" />
      <rect x="4" y="6" width="4" height="4" rx="1" fill="var(--ink)" />
      <circle cx="11" cy="8" r="2.3" fill="var(--act)" />
    </svg>
  )
}
