/** Microphones, headsets and ringing devices, and what is heard from the microphone. */
export interface Devices {
  microphones: readonly MediaDeviceInfo[]
  outputs: readonly MediaDeviceInfo[]
}

export const canChooseOutput = 'setSinkId' in HTMLMediaElement.prototype

export async function devices(): Promise<Devices> {
  const all = await navigator.mediaDevices.enumerateDevices()
  return { microphones: all.filter((one) => one.kind === 'audioinput'), outputs: all.filter((one) => one.kind === 'audiooutput') }
}

export type MicrophoneTrouble = 'refused' | 'none'

/** The microphone, open; or why not. */
export async function openMicrophone(device: string): Promise<MediaStream | MicrophoneTrouble> {
  const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: device === '' ? wanted : { ...wanted, deviceId: { ideal: device } } })
  } catch (no) {
    return no instanceof DOMException && (no.name === 'NotFoundError' || no.name === 'OverconstrainedError') ? 'none' : 'refused'
  }
}

/** How loud the microphone is, 0 to 1, several times a second, until it is stopped. */
export function watchLevel(stream: MediaStream, onLevel: (level: number) => void): () => void {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  const source = context.createMediaStreamSource(stream)
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = window.setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    let sum = 0
    for (const sample of samples) sum += sample * sample
    const db = 20 * Math.log10(Math.sqrt(sum / samples.length) + 1e-6)
    onLevel(Math.max(0, Math.min(1, (db + 60) / 50))) // -60 dB is silence, -10 dB is loud speech
  }, 80)
  return () => {
    clearInterval(timer)
    source.disconnect()
    void context.close()
  }
}

const RING_ON_S = 1
const RING_EVERY_S = 3

/** A ringing that is made here, so that no sound has to be loaded. Returns how to stop it. */
export function ring(device: string, volume: number, once = false): () => void {
  const context = new AudioContext()
  const out = context.createMediaStreamDestination()
  const player = new Audio()
  player.srcObject = out.stream
  if (device !== '' && canChooseOutput) void player.setSinkId(device).catch(() => undefined) // unplugged: the default device rings
  const gain = context.createGain()
  gain.gain.value = 0
  gain.connect(out)
  for (const hertz of [440, 554]) {
    const tone = context.createOscillator()
    tone.frequency.value = hertz
    tone.connect(gain)
    tone.start()
  }
  const loud = (volume / 100) * 0.25
  const sound = () => {
    const now = context.currentTime
    gain.gain.setTargetAtTime(loud, now, 0.02)
    gain.gain.setTargetAtTime(0, now + RING_ON_S, 0.04)
  }
  sound()
  const timer = once ? undefined : window.setInterval(sound, RING_EVERY_S * 1000)
  player.play().catch(() => undefined) // a page that nobody has touched yet may not sound; the notification and the title still tell
  const stop = () => {
    clearInterval(timer)
    player.pause()
    player.srcObject = null
    if (context.state !== 'closed') void context.close()
  }
  if (once) window.setTimeout(stop, (RING_ON_S + 0.4) * 1000)
  return stop
}

/** A short tone in the headset. */
export function testHeadset(device: string): void {
  ring(device, 60, true)
}
