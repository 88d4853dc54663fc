// A PNG with a palette: for screenshots of a page, which have few colours, a third of what Chromium writes.
import { deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The same picture with at most 256 colours: the most frequent ones, hues before greys, and for any other the nearest of these. */
export function indexed(png) {
  const { width, height, pixels } = read(png);
  const count = new Map();
  for (const pixel of pixels) count.set(pixel, (count.get(pixel) ?? 0) + 1);
  const palette = [...count].sort((a, b) => weight(b) - weight(a)).slice(0, 256).map(([pixel]) => pixel);
  const place = new Map();
  for (const pixel of count.keys()) place.set(pixel, nearest(palette, pixel));

  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = place.get(pixels[y * width + x]);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((pixel) => [pixel >> 16, (pixel >> 8) & 255, pixel & 255]))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A hue counts for more than a shade of grey: a small green mark shall stay green. */
function weight([pixel, times]) {
  const channels = [pixel >> 16, (pixel >> 8) & 255, pixel & 255];
  return times * (1 + (Math.max(...channels) - Math.min(...channels)) / 8);
}

function nearest(palette, pixel) {
  let best = 0;
  let least = Infinity;
  for (const [index, other] of palette.entries()) {
    const red = (pixel >> 16) - (other >> 16);
    const green = ((pixel >> 8) & 255) - ((other >> 8) & 255);
    const blue = (pixel & 255) - (other & 255);
    const far = red * red + green * green + blue * blue;
    if (far < least) [best, least] = [index, far];
  }
  return best;
}

/** The pixels of what Chromium writes: eight bits a channel, RGB or RGBA without anything to see through, no interlace. */
function read(png) {
  const data = [];
  let width = 0;
  let height = 0;
  let channels = 0;
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      channels = { 2: 3, 6: 4 }[body[9]];
      if (body[8] !== 8 || !channels || body[12] !== 0) throw new Error(`a PNG of an unknown kind: ${[...body.subarray(8)]}`);
    }
    if (type === 'IDAT') data.push(body);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * channels;
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    const row = Uint8Array.from(raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
    for (let x = 0; x < stride; x += 1) {
      const left = x >= channels ? row[x - channels] : 0;
      row[x] += predicted(filter, left, above[x], x >= channels ? above[x - channels] : 0);
    }
    for (let x = 0; x < width; x += 1) {
      const at = x * channels;
      pixels[y * width + x] = (row[at] << 16) | (row[at + 1] << 8) | row[at + 2];
    }
    above = row;
  }
  return { width, height, pixels };
}

/** What a filter of PNG expects a byte to be (PNG specification, section 9). */
function predicted(filter, left, up, corner) {
  switch (filter) {
    case 0: return 0;
    case 1: return left;
    case 2: return up;
    case 3: return (left + up) >> 1;
    case 4: {
      const by = left + up - corner;
      const [a, b, c] = [Math.abs(by - left), Math.abs(by - up), Math.abs(by - corner)];
      if (a <= b && a <= c) return left;
      return b <= c ? up : corner;
    }
    default: throw new Error(`PNG has no filter ${filter}`);
  }
}

function chunk(type, data) {
  const whole = Buffer.alloc(data.length + 12);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  data.copy(whole, 8);
  whole.writeUInt32BE(crc(whole.subarray(4, data.length + 8)), data.length + 8);
  return whole;
}

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (value ^ 0xffffffff) >>> 0;
}
