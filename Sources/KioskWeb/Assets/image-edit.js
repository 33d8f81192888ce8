// Making a photograph of a paper into a page: finding its corners, setting it straight, evening the light. Pure functions of pixels
// ({data, width, height}, RGBA), used in the worker. Corners are four points [x, y] in the picture's own pixels, clockwise from where
// the page's top left is to be.
"use strict";

const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

function areaOf(points) {
  let twice = 0;
  points.forEach(([x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length];
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}

const wholeOf = (image) => [[0, 0], [image.width, 0], [image.width, image.height], [0, image.height]];

// MARK: Finding the page

// The grey level that parts a picture best into dark and bright (Otsu 1979), and how far the two means lie apart.
function parting(values) {
  const counts = new Float64Array(256);
  for (const value of values) counts[Math.max(0, Math.min(255, Math.round(value)))] += 1;
  let [all, sum] = [values.length, 0];
  for (let level = 0; level < 256; level += 1) sum += level * counts[level];
  let [best, bestLevel, apart, below, belowSum] = [-1, 128, 0, 0, 0];
  for (let level = 0; level < 255; level += 1) {
    below += counts[level];
    belowSum += level * counts[level];
    if (below === 0 || below === all) continue;
    const gap = (sum - belowSum) / (all - below) - belowSum / below;
    const variance = below * (all - below) * gap * gap;
    if (variance > best) [best, bestLevel, apart] = [variance, level, gap];
  }
  return { level: bestLevel, apart };
}

// Averages over a square, so that print and grain do not part the page.
function softened(grey, radius) {
  const pass = (source, width, height, step, stride) => {
    const result = new Float32Array(source.length);
    for (let line = 0; line < height; line += 1) {
      let sum = 0;
      let count = 0;
      for (let i = -radius; i < width; i += 1) {
        if (i + radius < width) { sum += source[line * stride + (i + radius) * step]; count += 1; }
        if (i - radius - 1 >= 0) { sum -= source[line * stride + (i - radius - 1) * step]; count -= 1; }
        if (i >= 0) result[line * stride + i * step] = sum / count;
      }
    }
    return result;
  };
  const rows = pass(grey.data, grey.width, grey.height, 1, grey.width);
  return { data: pass(rows, grey.height, grey.width, grey.width, 1), width: grey.width, height: grey.height };
}

// The outline points (first and last of each row) of the largest connected part of a mask, and its area.
function largestPart(mask, width, height) {
  const seen = new Uint8Array(mask.length);
  const stack = new Int32Array(mask.length);
  let best = { area: 0, outline: [] };
  for (let start = 0; start < mask.length; start += 1) {
    if (!mask[start] || seen[start]) continue;
    const first = new Int32Array(height).fill(width);
    const last = new Int32Array(height).fill(-1);
    let [count, area] = [1, 0];
    stack[0] = start;
    seen[start] = 1;
    while (count > 0) {
      const at = stack[--count];
      const x = at % width;
      const y = (at - x) / width;
      area += 1;
      if (x < first[y]) first[y] = x;
      if (x > last[y]) last[y] = x;
      const push = (next, isInside) => {
        if (isInside && mask[next] && !seen[next]) { seen[next] = 1; stack[count++] = next; }
      };
      push(at - 1, x > 0);
      push(at + 1, x < width - 1);
      push(at - width, y > 0);
      push(at + width, y < height - 1);
    }
    if (area <= best.area) continue;
    const outline = [];
    for (let y = 0; y < height; y += 1) if (last[y] >= 0) outline.push([first[y], y], [last[y] + 1, y], [first[y], y + 1], [last[y] + 1, y + 1]);
    best = { area, outline };
  }
  return best;
}

// The convex hull (Andrew's monotone chain).
function hullOf(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list) => {
    const chain = [];
    for (const point of list) {
      while (chain.length > 1) {
        const [a, b] = chain.slice(-2);
        if ((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) > 0) break;
        chain.pop();
      }
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

// Roughly the quadrilateral that covers a hull: the points whose loss costs least area go, until four are left.
function quadrilateralOf(hull) {
  const points = [...hull];
  while (points.length > 4) {
    let [least, at] = [Infinity, 0];
    for (let i = 0; i < points.length; i += 1) {
      const lost = areaOf([points.at(i - 1), points[i], points[(i + 1) % points.length]]);
      if (lost < least) [least, at] = [lost, i];
    }
    points.splice(at, 1);
  }
  return points;
}

// Points clockwise from the one nearest to the top left.
function inOrder(points) {
  const [x, y] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
  const round = [...points].sort((a, b) => Math.atan2(a[1] - y, a[0] - x) - Math.atan2(b[1] - y, b[0] - x));
  const start = round.reduce((best, point, i) => (point[0] + point[1] < round[best][0] + round[best][1] ? i : best), 0);
  return round.map((_, i) => round[(start + i) % round.length]);
}

// The line a·x + b·y = c through points (least squares, twice: the second time without those that lie far off).
function lineThrough(points) {
  const fit = (some) => {
    const [x, y] = [0, 1].map((axis) => some.reduce((sum, point) => sum + point[axis], 0) / some.length);
    let [xx, xy, yy] = [0, 0, 0];
    for (const point of some) {
      xx += (point[0] - x) ** 2;
      xy += (point[0] - x) * (point[1] - y);
      yy += (point[1] - y) ** 2;
    }
    const angle = Math.atan2(2 * xy, xx - yy) / 2;
    const [a, b] = [-Math.sin(angle), Math.cos(angle)];
    return { a, b, c: a * x + b * y };
  };
  const off = ({ a, b, c }, point) => Math.abs(a * point[0] + b * point[1] - c);
  const first = fit(points);
  const usual = Math.max(1, median(points.map((point) => off(first, point))) * 2.5);
  return fit(points.filter((point) => off(first, point) <= usual));
}

// Rough corners set to where the brightness really passes the level: each side is measured in many places and laid anew.
function refined(grey, corners, level) {
  const reach = Math.max(grey.width, grey.height) * 0.025;
  const sides = corners.map((from, index) => {
    const to = corners[(index + 1) % 4];
    const length = distance(from, to);
    // Clockwise corners: the normal to the left of the way points out of the page.
    const [nx, ny] = [(to[1] - from[1]) / length, (from[0] - to[0]) / length];
    const found = [];
    for (let share = 0.06; share < 0.95; share += 0.02) {
      const [x, y] = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
      for (let out = -reach; out <= reach; out += 1) {
        const [px, py] = [Math.round(x + nx * out), Math.round(y + ny * out)];
        if (px < 0 || py < 0 || px >= grey.width || py >= grey.height) break;
        if (grey.data[py * grey.width + px] <= level) {
          if (out > -reach) found.push([x + nx * out, y + ny * out]);
          break;
        }
      }
    }
    return found.length >= 12 ? lineThrough(found) : lineThrough([from, to]);
  });
  return sides.map((side, index) => {
    const before = sides[(index + 3) % 4];
    const under = before.a * side.b - side.a * before.b;
    const corner = [(before.c * side.b - side.c * before.b) / under, (before.a * side.c - side.a * before.c) / under];
    return under !== 0 && distance(corner, corners[index]) < reach * 2 ? corner : corners[index];
  });
}

// The corners of a bright page on a darker table; null where there is none, or where the page is the whole picture.
function findPage(image) {
  const grey = softened(greyOf(image, 640), 3);
  const { level, apart } = parting(grey.data);
  if (apart < 30) return null;
  const mask = Uint8Array.from(grey.data, (value) => (value > level ? 1 : 0));
  const part = largestPart(mask, grey.width, grey.height);
  const frame = grey.width * grey.height;
  if (part.area < frame * 0.12 || part.outline.length < 8) return null;
  const hull = hullOf(part.outline);
  const corners = inOrder(quadrilateralOf(hull));
  const area = areaOf(corners);
  if (corners.length < 4 || area < frame * 0.15 || area > frame * 0.96) return null;
  if (area < areaOf(hull) * 0.9 || part.area < area * 0.75) return null;
  const fine = softened(greyOf(image, 1600), 2);
  const finer = refined(fine, corners.map((point) => point.map((value) => (value * fine.width) / grey.width)), level);
  // A hair's breadth inside, so that nothing of the table comes along.
  const [x, y] = [0, 1].map((axis) => finer.reduce((sum, point) => sum + point[axis], 0) / 4);
  const scale = [image.width / fine.width, image.height / fine.height];
  return finer.map((point) => [x + (point[0] - x) * 0.996, y + (point[1] - y) * 0.996].map((value, axis) => value * scale[axis]));
}

// MARK: Setting it straight

// Width and height of a page of these corners, in pixels of the photograph; snapped to the shape of A4 or a card where it is near.
function sizeOf(corners) {
  const [a, b, c, d] = corners;
  const width = Math.max(distance(a, b), distance(d, c));
  const height = Math.max(distance(b, c), distance(a, d));
  for (const shape of [210 / 297, 297 / 210, 85.6 / 53.98, 53.98 / 85.6]) {
    if (Math.abs(width / height / shape - 1) < 0.07) {
      return width / height > shape ? [width, width / shape] : [height * shape, height];
    }
  }
  return [width, height];
}

// The projective map from a rectangle to four corners (Heckbert 1989), as a function of a point's shares of width and height.
function projection(corners) {
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = corners;
  const [sx, sy] = [x0 - x1 + x2 - x3, y0 - y1 + y2 - y3];
  const [dx1, dy1, dx2, dy2] = [x1 - x2, y1 - y2, x3 - x2, y3 - y2];
  const under = dx1 * dy2 - dx2 * dy1;
  const g = (sx * dy2 - dx2 * sy) / under;
  const h = (dx1 * sy - sx * dy1) / under;
  return { a: x1 - x0 + g * x1, b: x3 - x0 + h * x3, c: x0, d: y1 - y0 + g * y1, e: y3 - y0 + h * y3, f: y0, g, h };
}

// The page within the corners as a rectangle of a size; averaged where it becomes smaller, never sharpened.
function straightened(image, corners, width, height) {
  const { a, b, c, d, e, f, g, h } = projection(corners);
  const result = new Uint8ClampedArray(width * height * 4);
  const { data } = image;
  const [maxX, maxY] = [image.width - 1, image.height - 1];
  const [wide, high] = sizeOf(corners);
  const samples = Math.max(1, Math.min(4, Math.round(Math.max(wide / width, high / height) * 1.2)));
  const weight = 1 / (samples * samples);
  let to = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, to += 4) {
      let [red, green, blue] = [0, 0, 0];
      for (let sample = 0; sample < samples * samples; sample += 1) {
        const u = (x + ((sample % samples) + 0.5) / samples) / width;
        const v = (y + (Math.floor(sample / samples) + 0.5) / samples) / height;
        const w = g * u + h * v + 1;
        const px = Math.max(0, Math.min(maxX, (a * u + b * v + c) / w - 0.5));
        const py = Math.max(0, Math.min(maxY, (d * u + e * v + f) / w - 0.5));
        const [left, top] = [Math.floor(px), Math.floor(py)];
        const [right, down] = [px - left, py - top];
        const at = (top * image.width + left) * 4;
        const beside = left < maxX ? 4 : 0;
        const under = top < maxY ? image.width * 4 : 0;
        const p = (1 - right) * (1 - down);
        const q = right * (1 - down);
        const r = (1 - right) * down;
        const s = right * down;
        red += p * data[at] + q * data[at + beside] + r * data[at + under] + s * data[at + under + beside];
        green += p * data[at + 1] + q * data[at + beside + 1] + r * data[at + under + 1] + s * data[at + under + beside + 1];
        blue += p * data[at + 2] + q * data[at + beside + 2] + r * data[at + under + 2] + s * data[at + under + beside + 2];
      }
      result[to] = red * weight;
      result[to + 1] = green * weight;
      result[to + 2] = blue * weight;
      result[to + 3] = 255;
    }
  }
  return { data: result, width, height };
}

// The size a page is stored in: never larger than it was photographed, never more than is useful (`most` for the longer side).
function storedSize(corners, most) {
  const [width, height] = sizeOf(corners);
  const scale = Math.min(1, most / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

// The same corners after quarter turns clockwise of the result.
const turned = (corners, quarters) => corners.map((_, i) => corners[(i - quarters + 8) % 4]);

// MARK: Light

// Evens the light and makes ink stand out, in place: each pixel is divided by the paper's colour around it, so shadows go and stamps
// keep their colour. `strength` 1 is for print, 2 for pencil and pale stamps.
function clarify(image, strength) {
  const { data, width, height } = image;
  const cell = Math.max(8, Math.round(Math.max(width, height) / 64));
  const [columns, rows] = [Math.ceil(width / cell), Math.ceil(height / cell)];
  const field = { width: columns, height: rows };
  const paper = [0, 1, 2].map((channel) => {
    const brightest = new Float32Array(columns * rows);
    const counts = new Uint32Array(64);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        counts.fill(0);
        let count = 0;
        for (let y = row * cell; y < Math.min(height, (row + 1) * cell); y += 2) {
          for (let x = column * cell; x < Math.min(width, (column + 1) * cell); x += 2) {
            counts[data[(y * width + x) * 4 + channel] >> 2] += 1;
            count += 1;
          }
        }
        let left = count * 0.15;
        let level = 63;
        while (level > 0 && (left -= counts[level]) > 0) level -= 1;
        brightest[row * columns + column] = Math.max(24, level * 4 + 2);
      }
    }
    // What is dark all through a cell, such as a portrait or a seal, must not become paper.
    return softened({ ...field, data: dilated({ ...field, data: brightest }, 3) }, 2).data;
  });
  const curve = new Uint8ClampedArray(1024);
  for (let i = 0; i < 1024; i += 1) {
    const share = Math.min(1, i / 1000);
    curve[i] = 255 * (share - strength * 0.35 * share * (1 - share) * (strength > 1 ? 1 : share));
  }
  const clamp = (value, most) => Math.max(0, Math.min(most, value));
  for (let y = 0; y < height; y += 1) {
    const fy = clamp((y + 0.5) / cell - 0.5, rows - 1);
    const top = Math.min(Math.floor(fy), Math.max(0, rows - 2));
    const down = rows > 1 ? fy - top : 0;
    for (let x = 0; x < width; x += 1) {
      const fx = clamp((x + 0.5) / cell - 0.5, columns - 1);
      const left = Math.min(Math.floor(fx), Math.max(0, columns - 2));
      const right = columns > 1 ? fx - left : 0;
      const at = top * columns + left;
      const beside = columns > 1 ? 1 : 0;
      const under = rows > 1 ? columns : 0;
      for (let channel = 0; channel < 3; channel += 1) {
        const field = paper[channel];
        const white = (field[at] * (1 - right) + field[at + beside] * right) * (1 - down)
          + (field[at + under] * (1 - right) + field[at + under + beside] * right) * down;
        const to = (y * width + x) * 4 + channel;
        data[to] = curve[Math.min(1023, Math.round((data[to] / white) * 1000))];
      }
    }
  }
  return image;
}
