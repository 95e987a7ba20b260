// A client of the relay in forty lines, for tests: publishes what it captures, hears everything that it does not publish.
window.join = async (url, grant, sources) => {
  const wanted = {audio: true, video: {width: 640, height: 360}};
  const captured = sources.length ? await navigator.mediaDevices.getUserMedia(wanted) : null;
  const pc = new RTCPeerConnection({bundlePolicy: "max-bundle"});
  const socket = new WebSocket(url);
  const me = {pc, socket, tracks: [], said: [], heard: new Map(), number: 0, streams: {}};
  const publish = [];
  const say = (message) => socket.send(JSON.stringify(message));
  let turn = Promise.resolve();
  const answers = new Map();
  pc.ontrack = ({track, streams, transceiver}) => {
    const element = document.createElement(track.kind);
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    me.streams[`${streams[0]?.id}/${track.kind}`] = {element, track, transceiver};
  };
  const negotiate = (options) => (turn = turn.then(async () => {
    for (const track of me.tracks) {
      if (track.person_id !== me.person && !me.heard.has(track.id)) {
        me.heard.set(track.id, pc.addTransceiver(track.kind, {direction: "recvonly"}));
      }
    }
    const there = new Set(me.tracks.map((track) => track.id));
    for (const [id, transceiver] of me.heard) {
      if (there.has(id)) continue;
      transceiver.stop();
      me.heard.delete(id);
      for (const name of Object.keys(me.streams)) if (me.streams[name].transceiver === transceiver) delete me.streams[name];
    }
    await pc.setLocalDescription(await pc.createOffer(options));
    const number = ++me.number;
    const answered = new Promise((resolve) => answers.set(number, resolve));
    say({type: "offer", number, sdp: pc.localDescription.sdp,
      publish: publish.map(({source, transceiver, heights}) => ({source, mid: transceiver.mid, heights: heights ?? []})),
      subscribe: [...me.heard].map(([track, transceiver]) => ({track, mid: transceiver.mid}))});
    const answer = await answered;
    if (answer.type === "answer") await pc.setRemoteDescription({type: "answer", sdp: answer.sdp});
  }));
  me.say = say;
  me.negotiate = negotiate;
  for (const source of sources) {
    const track = source === "microphone" ? captured.getAudioTracks()[0] : captured.getVideoTracks()[0];
    publish.push({source, transceiver: pc.addTransceiver(track, {direction: "sendonly", streams: [captured]})});
  }
  socket.onopen = () => say({type: "hello", v: 1, grant});
  socket.onmessage = ({data}) => {
    const message = JSON.parse(data);
    me.said.push(message);
    if (message.type === "welcome") { me.person = message.person_id; me.welcome = message; }
    if (message.type === "welcome" || message.type === "tracks") { me.tracks = message.tracks; negotiate(); }
    if (message.number) answers.get(message.number)?.(message);
  };
  window.me = me;
};
window.received = async () => {
  const found = {};
  for (const [name, {transceiver}] of Object.entries(window.me.streams)) {
    for (const stat of (await transceiver.receiver.getStats()).values()) {
      if (stat.type === "inbound-rtp") found[name] = stat;
    }
  }
  return found;
};
