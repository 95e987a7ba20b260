"""What a page receives, as samples: what a recorder beside its loudspeaker would have."""

from __future__ import annotations

import base64

import numpy as np
from playwright.sync_api import Page

from tests.builders.sounds import Samples

LISTEN = """
window.listen = async (seconds) => {
  const live = window.connections.filter((one) => one.connectionState === 'connected').at(-1);
  const tracks = live.getReceivers().map((one) => one.track).filter((one) => one.kind === 'audio' && !one.muted);
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  const source = context.createMediaStreamSource(new MediaStream([tracks.at(-1)]));
  const taking = context.createScriptProcessor(4096, 1, 1);
  const heard = new Int16Array(48000 * seconds);
  let filled = 0;
  await new Promise((done) => {
    taking.onaudioprocess = ({ inputBuffer }) => {
      for (const sample of inputBuffer.getChannelData(0)) {
        if (filled < heard.length) heard[filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
      }
      if (filled === heard.length) done();
    };
    source.connect(taking).connect(context.destination);
  });
  await context.close();
  const bytes = new Uint8Array(heard.buffer);
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
};
"""
"""To be run before the page's own scripts, after `CONNECTIONS` of `calling.py`."""


def heard(page: Page, seconds: int = 5) -> Samples:
    """So much of the voice that came last. The page was opened with both scripts."""
    return np.frombuffer(base64.b64decode(page.evaluate(f"listen({seconds})")), "<i2") / 32768
