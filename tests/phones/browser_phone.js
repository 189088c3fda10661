// A SIP telephone in a page, as small as a test needs it: it registers over the controller's WebSocket, rings, answers with one tone,
// and says what it hears. Its digest is computed by the test (`digest`), and what happens is told to it (`happened`).
window.phone = (() => {
  let socket, me, challenges = 0, call = null, context, tone, microphone
  // By name or by address: with one of IPv6 alone Asterisk, which has none itself, gives up.
  const isOfIPv4 = (candidate) => candidate?.candidate.split(' ')[4]?.includes('.') ?? false
  const id = () => Math.random().toString(36).slice(2)
  const tell = (what, more = {}) => window.happened({ what, at: Date.now() / 1000, ...more })

  const parse = (text) => {
    const [head, ...body] = text.split('\r\n\r\n')
    const [first, ...lines] = head.split('\r\n')
    const all = lines.map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])
    return { first, body: body.join('\r\n\r\n'), all, get: (name) => all.find(([key]) => key === name)?.[1] ?? '' }
  }
  const send = (lines, body = '') => {
    if (body) lines.push('Content-Type: application/sdp')
    socket.send([...lines, `Content-Length: ${new TextEncoder().encode(body).length}`, '', body].join('\r\n'))
  }
  const contact = () => `<sip:${me.user}@${me.host};transport=ws>`
  const reply = (request, status, tag = '', body = '') => {
    const copied = request.all.filter(([key]) => ['via', 'record-route', 'from', 'call-id', 'cseq'].includes(key)).map(([key, value]) => `${key}: ${value}`)
    const to = request.get('to')
    send([`SIP/2.0 ${status}`, ...copied, `To: ${to}${tag && !to.includes(';tag=') ? `;tag=${tag}` : ''}`, `Contact: ${contact()}`], body)
  }

  const register = async (authorization = '') => {
    const address = `<sip:${me.as ?? me.user}@asterisk>`
    send(['REGISTER sip:asterisk SIP/2.0', `Via: SIP/2.0/WS ${me.host};branch=z9hG4bK${id()}`, 'Max-Forwards: 70', `From: ${address};tag=${me.tag}`,
      `To: ${address}`, `Call-ID: ${me.callId}`, `CSeq: ${++me.sequence} REGISTER`, `Contact: ${contact()};expires=60`, 'Expires: 60',
      ...(authorization ? [`Authorization: ${authorization}`] : [])])
  }

  const answer = async () => {
    const { request, tag } = call
    const peer = (call.peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' }))
    peer.ontrack = ({ streams, track }) => {
      const stream = streams[0] ?? new MediaStream([track])
      call.audio = new Audio()
      call.audio.srcObject = stream
      call.audio.muted = true
      void call.audio.play()
      call.ear = context.createAnalyser()
      call.ear.fftSize = 8192
      call.ear.smoothingTimeConstant = 0
      context.createMediaStreamSource(stream).connect(call.ear)
    }
    await peer.setRemoteDescription({ type: 'offer', sdp: request.body })
    peer.addTrack(tone.stream.getAudioTracks()[0], tone.stream)
    // An answer that names no address (c=0.0.0.0) is a hold key to Asterisk, so the first candidate of IPv4 is waited for, and no other.
    const found = new Promise((done) => { peer.onicecandidate = ({ candidate }) => { if (isOfIPv4(candidate)) done() } })
    await peer.setLocalDescription(await peer.createAnswer())
    await found
    reply(request, '200 OK', tag, peer.localDescription.sdp)
    tell('answered')
  }

  const end = (what) => { call?.peer?.close(); call = null; tell(what) }

  const hear = (text) => {
    const message = parse(text)
    if (message.first.startsWith('SIP/2.0')) {
      const status = message.first.split(' ')[1]
      if (!message.get('cseq').endsWith('REGISTER') || status[0] === '1') return
      if (status === '401' && challenges++ === 0) {
        void window.digest(message.get('www-authenticate'), me.user, me.password).then(register)
      } else tell(status === '200' ? 'registered' : 'refused', { status })
      return
    }
    switch (message.first.split(' ')[0]) {
      case 'INVITE':
        if (message.get('to').includes(';tag=')) return reply(message, '488 Not Acceptable Here')
        call = { request: message, tag: id() }
        reply(message, '180 Ringing', call.tag)
        tell('rings')
        if (message.get('call-info').includes('answer-after=0')) void answer()
        return
      case 'CANCEL':
        reply(message, '200 OK')
        if (call) reply(call.request, '487 Request Terminated', call.tag)
        return end('cancelled')
      case 'BYE':
        reply(message, '200 OK')
        return end('ended')
      case 'ACK':
        return
      default:
        reply(message, '200 OK')
    }
  }

  return {
    // `tone_hz` is what the others hear of it.
    async start(user, password, path, tone_hz, as) {
      // With an open microphone the browser shows its real addresses: hidden behind names (mDNS) they lead Asterisk nowhere.
      microphone ??= await navigator.mediaDevices.getUserMedia({ audio: true })
      context ??= new AudioContext()
      if (!tone) {
        const sound = context.createOscillator(), level = context.createGain()
        tone = context.createMediaStreamDestination()
        sound.frequency.value = tone_hz
        level.gain.value = 0.5
        sound.connect(level).connect(tone)
        sound.start()
        await context.resume()
      }
      if (socket) {
        socket.onclose = socket.onmessage = null
        socket.close()
      }
      challenges = 0
      me = { user, password, as, host: `${id()}.invalid`, tag: id(), callId: id(), sequence: 0 }
      socket = new WebSocket(`ws://${location.host}${path}`, 'sip')
      socket.onopen = () => void register()
      socket.onmessage = ({ data }) => hear(data)
      socket.onclose = ({ code }) => tell('closed', { code })
    },
    answer,
    break: () => socket.close(),
    // The strongest sound in it, in Hz; 0: silence.
    hears: () => {
      if (!call?.ear) return 0
      const bins = new Float32Array(call.ear.frequencyBinCount)
      call.ear.getFloatFrequencyData(bins)
      const loudest = bins.indexOf(Math.max(...bins))
      return bins[loudest] > -60 ? (loudest * context.sampleRate) / call.ear.fftSize : 0
    },
  }
})()
