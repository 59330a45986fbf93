"""A screenshot as a small PNG: few colours, as text and lines need no more.

Chromium writes 24 bits a pixel; the same page in 32 colours takes a third of that.
"""

import base64
import struct
import zlib
from typing import Any, Final

from playwright.sync_api import Page

_REDUCE: Final = """
async ([png, most]) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + png;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const data = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const one of data) counts.set(one, (counts.get(one) || 0) + 1);
  const sorted = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || a - b);
  const parts = (one) => [one & 255, (one >> 8) & 255, (one >> 16) & 255];
  const far = (a, b) => a.reduce((sum, one, at) => sum + (one - b[at]) ** 2, 0);
  const palette = sorted.slice(0, most / 2).map(parts);
  for (let apart = 2400; palette.length < most && apart > 2; apart /= 2)
    for (const one of sorted) {
      const known = palette.every((other) => far(parts(one), other) > apart);
      if (palette.length < most && known) palette.push(parts(one));
    }
  const nearest = new Map(sorted.map((one) => {
    const away = palette.map((other) => far(parts(one), other));
    return [one, away.indexOf(Math.min(...away))];
  }));
  const indexes = new Uint8Array(data.length);
  data.forEach((one, at) => { indexes[at] = nearest.get(one); });
  let text = '';
  for (let at = 0; at < indexes.length; at += 32768)
    text += String.fromCharCode(...indexes.subarray(at, at + 32768));
  return { width: image.width, height: image.height, palette, indexes: btoa(text) };
}
"""
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


def small_png(page: Page, png: bytes, colours: int = 16) -> bytes:
    """Return the picture with at most 16 colours, four bits a pixel; the page only computes."""
    told: dict[str, Any] = page.evaluate(_REDUCE, [base64.b64encode(png).decode(), colours])
    width, height, indexes = told["width"], told["height"], base64.b64decode(told["indexes"])
    rows = bytearray()
    for start in range(0, width * height, width):
        row = indexes[start : start + width] + b"\0" * (width % 2)
        rows += b"\0" + bytes(
            high << 4 | low for high, low in zip(row[::2], row[1::2], strict=True)
        )
    header = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    palette = bytes(part for one in told["palette"] for part in one)
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(bytes(rows), 9)))
    return _SIGNATURE + b"".join(_chunk(*one) for one in (*parts, (b"IEND", b"")))


def _chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk: https://www.w3.org/TR/png-3/#5Chunk-layout ."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
