/** Sound, shortcuts, language, look and password; and the check before the first call. */
import { useEffect, useState, type ReactNode } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { DEFAULT_KEYS, isFree, keysInWords, settings, type Keys, type ShortcutName, type Theme } from '../state/settings'
import { useSettings, useWords } from '../state/use'
import { canChooseOutput, devices, ring, testHeadset, watchLevel, type Devices } from '../telephone/devices'
import { useTelephone } from '../telephone/use'
import type { Language, Word } from '../words/words'
import { Message, Press } from './controls'
import { DialogFrame } from './Dialogs'
import { OwnPassword } from './OwnPassword'
import { Presence, type PresenceShape } from './icons'

const BARS = 24

/** How loud the microphone is now, in words and as a row of bars. */
function Meter() {
  const { t } = useWords()
  const { telephone, state } = useTelephone()
  const [level, setLevel] = useState(0)
  const [best, setBest] = useState(0)
  const { microphone } = state
  const { microphone: chosen } = useSettings()
  useEffect(() => {
    const { stream } = telephone
    if (microphone !== 'open' || stream === null) return
    setBest(0)
    return watchLevel(stream, (now) => {
      setLevel(now)
      setBest((before) => Math.max(before * 0.995, now))
    })
  }, [telephone, microphone, chosen])
  const judged: [PresenceShape, Word] = best > 0.4 ? ['ok', 'levelGood'] : best > 0.15 ? ['idle', 'levelLow'] : ['stop', 'levelNone']
  const on = Math.round(level * BARS)
  return (
    <div>
      <div className="row small">
        <span className="muted grow" id="level-name">
          {t('dLevel')}
        </span>
        <span role="status">
          <Presence shape={judged[0]}>{t(judged[1])}</Presence>
        </span>
      </div>
      <div
        className="meter"
        role="meter"
        aria-labelledby="level-name"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(level * 100)}
        aria-valuetext={t(judged[1])}
      >
        {Array.from({ length: BARS }, (_, index) => (
          <i key={index} className={index < on ? (index > BARS - 4 ? 'hot' : 'on') : ''} />
        ))}
      </div>
    </div>
  )
}

function useDevices(): Devices {
  const [found, setFound] = useState<Devices>({ microphones: [], outputs: [] })
  const { state } = useTelephone()
  useEffect(() => {
    if (navigator.mediaDevices === undefined) return
    const look = () => void devices().then(setFound, () => undefined) // a browser that lists none offers its default
    look()
    navigator.mediaDevices.addEventListener('devicechange', look)
    return () => navigator.mediaDevices.removeEventListener('devicechange', look)
  }, [state.microphone])
  return found
}

function DeviceChoice({
  id,
  word,
  value,
  all,
  onChange,
}: {
  id: string
  word: Word
  value: string
  all: readonly MediaDeviceInfo[]
  onChange: (device: string) => void
}) {
  const { t } = useWords()
  const named = all.filter((one) => one.deviceId !== '' && one.deviceId !== 'default')
  return (
    <div className="field">
      <label htmlFor={id}>{t(word)}</label>
      <select
        id={id}
        className="input"
        value={named.some((one) => one.deviceId === value) ? value : ''}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">{t('deviceDefault')}</option>
        {named.map((one) => (
          <option key={one.deviceId} value={one.deviceId}>
            {one.label || one.deviceId.slice(0, 8)}
          </option>
        ))}
      </select>
    </div>
  )
}

function MicrophoneAndHeadset() {
  const { t } = useWords()
  const now = useSettings()
  const { telephone } = useTelephone()
  const found = useDevices()
  return (
    <>
      <DeviceChoice
        id="microphone"
        word="dMic"
        value={now.microphone}
        all={found.microphones}
        onChange={(microphone) => {
          settings.change({ microphone })
          void telephone.changeMicrophone()
        }}
      />
      <Meter />
      {canChooseOutput ? (
        <div className="setrow">
          <DeviceChoice
            id="headset"
            word="dHead"
            value={now.headset}
            all={found.outputs}
            onChange={(headset) => settings.change({ headset })}
          />
          <Press onPress={() => testHeadset(now.headset)}>{t('dTestHead')}</Press>
        </div>
      ) : null}
    </>
  )
}

/** Before the first call: one is heard, or knows why not. */
export function MicrophoneCheck({ onClose, onAvailable }: { onClose: () => void; onAvailable: () => void }) {
  const { t } = useWords()
  const { state, telephone } = useTelephone()
  useEffect(() => void telephone.checkMicrophone(), [telephone])
  const trouble = state.microphone === 'refused' || state.microphone === 'none'
  return (
    <DialogFrame
      title={t('micCheck')}
      intro={t('micCheckText')}
      closeButton={false}
      onClose={onClose}
      body={
        <div className="db">
          {trouble ? (
            <Message look="stop" icon="micoff">
              {t(state.microphone === 'none' ? 'micNoneText' : 'micText')}
            </Message>
          ) : null}
          <MicrophoneAndHeadset />
        </div>
      }
      foot={
        <>
          <Press look="quiet" onPress={onClose}>
            {t('wLater')}
          </Press>
          <span className="grow" />
          <Press look="primary" refused={state.microphone === 'open' ? null : t('micFirst')} onPress={onAvailable}>
            {t('goAvailable')}
          </Press>
        </>
      }
    />
  )
}

function Sound() {
  const { t } = useWords()
  const now = useSettings()
  const found = useDevices()
  const { state } = useTelephone()
  return (
    <div className="set">
      {state.where === 'here' ? <MicrophoneAndHeadset /> : null}
      {canChooseOutput ? (
        <div className="setrow">
          <DeviceChoice
            id="ringer"
            word="dRing"
            value={now.ringer}
            all={found.outputs}
            onChange={(ringer) => settings.change({ ringer })}
          />
          <Press onPress={() => void ring(now.ringer, now.ringVolume, true)}>{t('dTestRing')}</Press>
        </div>
      ) : null}
      <div className="field">
        <label htmlFor="volume">{t('dVolume')}</label>
        <input
          id="volume"
          type="range"
          min={0}
          max={100}
          value={now.ringVolume}
          onChange={(event) => settings.change({ ringVolume: Number(event.target.value) })}
        />
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={now.notify}
          onChange={(event) => {
            const wanted = event.target.checked
            if (!wanted || !('Notification' in window)) settings.change({ notify: false })
            else void Notification.requestPermission().then((is) => settings.change({ notify: is === 'granted' }))
          }}
        />
        <span>
          {t('notifs')}
          <span className="small muted block">{t('notifsHint')}</span>
        </span>
      </label>
    </div>
  )
}

const SHORTCUTS: readonly (readonly [ShortcutName, readonly Word[]])[] = [
  ['slot1', ['hold', 'resume']],
  ['slot2', ['consult', 'swap']],
  ['slot3', ['transfer']],
  ['slot4', ['conference']],
  ['mute', ['mute', 'unmute']],
  ['keypad', ['keypad']],
  ['accept', ['accept']],
  ['decline', ['decline']],
  ['end', ['end', 'endConsult', 'exitConsult']],
]

function Shortcuts() {
  const { t, colon } = useWords()
  const { keys } = useSettings()
  const [changing, setChanging] = useState<ShortcutName | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const nameOf = (name: ShortcutName) => (SHORTCUTS.find((each) => each[0] === name)?.[1] ?? []).map((word) => t(word)).join(' / ')
  const typed = (event: React.KeyboardEvent) => {
    if (changing === null) return
    if (event.key === 'Escape' || event.key === 'Tab') {
      setChanging(null)
      if (event.key === 'Escape') event.preventDefault()
      return
    }
    if (['Control', 'Shift', 'Alt', 'Meta', 'AltGraph'].includes(event.key)) return
    event.preventDefault()
    const next: Keys = { code: event.code, ctrl: event.ctrlKey, alt: event.altKey, shift: event.shiftKey }
    const same = (Object.entries(keys) as [ShortcutName, Keys][]).find(
      ([name, each]) => name !== changing && keysInWords(each, '') === keysInWords(next, ''),
    )
    if (!isFree(next)) setProblem(t('keyBad'))
    else if (same !== undefined) setProblem(t('keyTaken', { a: nameOf(same[0]) }))
    else {
      settings.change({ keys: { ...keys, [changing]: next } })
      setProblem(null)
      setChanging(null)
    }
  }
  return (
    <>
      <p className="muted small">{t('keyHint')}</p>
      {problem === null ? null : (
        <Message look="stop" icon="alert">
          {problem}
        </Message>
      )}
      <div className="scroll">
        <table>
          <tbody>
            {SHORTCUTS.map(([name]) => (
              <tr key={name}>
                <th scope="row" className="keyname">
                  {nameOf(name)}
                </th>
                <td className="n">
                  {changing === name ? <span className="small">{t('pressKeys')}</span> : <kbd>{keysInWords(keys[name], t('shift'))}</kbd>}
                </td>
                <td className="n" onKeyDown={typed}>
                  <Press
                    look="s"
                    label={`${t('change')}${colon} ${nameOf(name)}`}
                    pressed={changing === name}
                    onPress={() => setChanging(changing === name ? null : name)}
                  >
                    {t('change')}
                  </Press>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div>
        <Press
          onPress={() => {
            settings.change({ keys: DEFAULT_KEYS })
            setProblem(null)
          }}
        >
          {t('resetKeys')}
        </Press>
      </div>
    </>
  )
}

function Look() {
  const { t } = useWords()
  const now = useSettings()
  const languages: readonly [Language | null, Word][] = [
    [null, 'langAuto'],
    ['fr', 'langFr'],
    ['en', 'langEn'],
  ]
  const themes: readonly [Theme, Word][] = [
    ['system', 'themeAuto'],
    ['light', 'themeLight'],
    ['dark', 'themeDark'],
  ]
  const radio = (name: string, checked: boolean, onChange: () => void, children: ReactNode) => (
    <label className="radio" key={String(children)}>
      <input type="radio" name={name} checked={checked} onChange={onChange} />
      <span>{children}</span>
    </label>
  )
  return (
    <div className="set">
      <fieldset>
        <legend>{t('language')}</legend>
        {languages.map(([value, word]) =>
          radio('language', now.chosenLanguage === value, () => settings.change({ chosenLanguage: value }), t(word)),
        )}
      </fieldset>
      <fieldset>
        <legend>{t('theme')}</legend>
        {themes.map(([value, word]) => radio('theme', now.theme === value, () => settings.change({ theme: value }), t(word)))}
      </fieldset>
    </div>
  )
}

export function SettingsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  return (
    <DialogFrame
      title={t('settings')}
      onClose={onClose}
      body={
        <Tabs className="reach">
          <TabList className="tabs" aria-label={t('settings')}>
            <Tab id="sound" className="tab">
              {t('setSound')}
            </Tab>
            <Tab id="keys" className="tab">
              {t('setKeys')}
            </Tab>
            <Tab id="look" className="tab">
              {t('setLook')}
            </Tab>
            <Tab id="password" className="tab">
              {t('setPassword')}
            </Tab>
          </TabList>
          <TabPanel id="sound" className="db">
            <Sound />
          </TabPanel>
          <TabPanel id="keys" className="db">
            <Shortcuts />
          </TabPanel>
          <TabPanel id="look" className="db">
            <Look />
          </TabPanel>
          <TabPanel id="password" className="db">
            <OwnPassword />
          </TabPanel>
        </Tabs>
      }
    />
  )
}
