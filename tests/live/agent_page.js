// What a page hears, for a test: beside the page's own sound it listens to every track that a call brings, and tells which tones there are.
//
// Its microphone gives one steady tone, which Chromium's noise suppression takes for noise: such filters are switched off.
(() => {
  const media = navigator.mediaDevices
  const open = media?.getUserMedia.bind(media)
  if (open) {
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
    media.getUserMedia = (wanted) => open({ ...wanted, audio: { ...(wanted.audio === true ? {} : wanted.audio), ...plain } })
  }
  let context
  const ears = []
  const Connection = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Connection {
    constructor(...given) {
      super(...given)
      this.addEventListener('track', ({ streams, track }) => {
        context ??= new AudioContext()
        const ear = context.createAnalyser()
        ear.fftSize = 4096
        // The default mixes every look with the last one: a tone that ended long ago would still be heard.
        ear.smoothingTimeConstant = 0
        context.createMediaStreamSource(streams[0] ?? new MediaStream([track])).connect(ear)
        ears.push({ connection: this, ear })
      })
    }
  }
  const QUIET_DB = -60
  const LEAK_DB = 12
  // The tones of `known` (name: Hz) that are heard now; "other" alone: a sound that is none of them.
  window.heard = (known) => {
    const found = new Set()
    for (const { connection, ear } of ears.filter((each) => each.connection.connectionState !== 'closed')) {
      const levels = new Float32Array(ear.frequencyBinCount)
      ear.getFloatFrequencyData(levels)
      const perBin = context.sampleRate / ear.fftSize
      const loudest = Math.max(...levels)
      if (loudest < QUIET_DB) continue
      const at = (hz) => Math.max(...levels.slice(Math.round(hz / perBin) - 2, Math.round(hz / perBin) + 3))
      const names = Object.keys(known).filter((name) => at(known[name]) > loudest - LEAK_DB)
      if (Math.max(...names.map((name) => at(known[name])), -Infinity) < loudest) found.add('other')
      for (const name of names) found.add(name)
    }
    return [...found]
  }
})()
