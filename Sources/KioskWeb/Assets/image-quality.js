// What a picture of a paper is worth, measured before it is stored: pure functions of pixels ({data, width, height}, RGBA), the same
// in the page's worker, in the tests and in `kiosk-lab bench quality`. Measures say how it is; `judgePage` compares with thresholds.
"use strict";

// The picture in grey, shrunk by averaging so that its longer side has at most `longest` pixels; never enlarged.
function greyOf(image, longest) {
  const scale = Math.max(1, Math.max(image.width, image.height) / longest);
  const width = Math.max(1, Math.round(image.width / scale));
  const height = Math.max(1, Math.round(image.height / scale));
  const grey = new Float32Array(width * height);
  const counts = new Uint32Array(width * height);
  const columns = new Int32Array(image.width);
  for (let x = 0; x < image.width; x += 1) columns[x] = Math.min(width - 1, Math.floor((x * width) / image.width));
  let from = 0;
  for (let y = 0; y < image.height; y += 1) {
    const row = Math.min(height - 1, Math.floor((y * height) / image.height)) * width;
    for (let x = 0; x < image.width; x += 1, from += 4) {
      const to = row + columns[x];
      grey[to] += 0.299 * image.data[from] + 0.587 * image.data[from + 1] + 0.114 * image.data[from + 2];
      counts[to] += 1;
    }
  }
  for (let i = 0; i < grey.length; i += 1) grey[i] /= counts[i];
  return { data: grey, width, height };
}

// The value below which a share of the values lies; from a histogram, for values of 0 to 255.
function quantile(values, share) {
  const counts = new Uint32Array(256);
  for (const value of values) counts[Math.max(0, Math.min(255, Math.round(value)))] += 1;
  let left = share * values.length;
  for (let level = 0; level < 256; level += 1) {
    left -= counts[level];
    if (left <= 0) return level;
  }
  return 255;
}

function median(values) {
  if (values.length === 0) return null;
  const sorted = Float32Array.from(values).sort();
  return sorted[sorted.length >> 1];
}

// The largest value within `radius` along rows, then along columns.
function dilated(grey, radius) {
  const along = (source, width, height, step, stride) => {
    const result = new Float32Array(source.length);
    for (let line = 0; line < height; line += 1) {
      for (let i = 0; i < width; i += 1) {
        let most = 0;
        for (let j = Math.max(0, i - radius); j <= Math.min(width - 1, i + radius); j += 1) {
          const value = source[line * stride + j * step];
          if (value > most) most = value;
        }
        result[line * stride + i * step] = most;
      }
    }
    return result;
  };
  const rows = along(grey.data, grey.width, grey.height, 1, grey.width);
  return along(rows, grey.height, grey.width, grey.width, 1);
}

// How much darker than the paper around it each pixel is: shadows go, ink stays.
function inkOf(grey) {
  const paper = dilated(grey, Math.max(3, Math.round(Math.max(grey.width, grey.height) / 60)));
  const ink = new Float32Array(grey.data.length);
  for (let i = 0; i < ink.length; i += 1) ink[i] = paper[i] - grey.data[i];
  return { data: ink, width: grey.width, height: grey.height };
}

// MARK: Sharpness

// How much of an edge's whole height is climbed from one pixel to the next (0 to 1), of the middle edge, in the worse direction; null
// where there are too few edges. It is a share of the edge's own contrast, so faint pencil and dark ink count alike.
function sharpnessOf(grey) {
  const { data, width, height } = grey;
  const contrast = quantile(data, 0.995) - quantile(data, 0.005);
  const least = Math.max(24, contrast * 0.35);
  const reach = 5;
  const along = (count, lines, step, stride) => {
    const found = [];
    for (let line = 1; line < lines - 1; line += 3) {
      const start = line * stride;
      for (let i = reach; i < count - reach; i += 2) {
        let low = 255;
        let high = 0;
        let climb = 0;
        let before = data[start + (i - reach) * step];
        for (let j = i - reach; j <= i + reach; j += 1) {
          const value = data[start + j * step];
          if (value < low) low = value;
          if (value > high) high = value;
          const difference = value > before ? value - before : before - value;
          if (difference > climb) climb = difference;
          before = value;
        }
        if (high - low >= least) found.push(climb / (high - low));
      }
    }
    return found;
  };
  const across = along(width, height, 1, width);
  const down = along(height, width, width, 1);
  if (across.length + down.length < (width * height) / 5000) return null;
  return Math.min(median(across) ?? 1, median(down) ?? 1);
}

// MARK: Light

// The paper's brightness, of the darkest of nine fields; and the share that shines white while the paper around does not.
function lightOf(grey) {
  const { data, width, height } = grey;
  let darkest = 255;
  for (let row = 0; row < 3; row += 1) {
    for (let column = 0; column < 3; column += 1) {
      const field = [];
      for (let y = Math.floor((row * height) / 3); y < Math.floor(((row + 1) * height) / 3); y += 1) {
        for (let x = Math.floor((column * width) / 3); x < Math.floor(((column + 1) * width) / 3); x += 1) field.push(data[y * width + x]);
      }
      darkest = Math.min(darkest, quantile(field, 0.8));
    }
  }
  const middle = quantile(data, 0.5);
  let shining = 0;
  for (const value of data) if (value >= 251 && middle < 230) shining += 1;
  return { paper: darkest, glare: shining / data.length };
}

// MARK: Lines of text

// How strongly ink changes from line to line against from column to column; and how much more ink stands above the bodies of letters
// (ascenders, Vietnamese marks) than below, from -1 to 1. In strips, so that a little skew does no harm.
function linesOf(ink) {
  const least = Math.max(16, quantile(ink.data, 0.99) * 0.35);
  const profile = (count, length, step, stride) => {
    let energy = 0;
    let above = 0;
    let below = 0;
    const strips = 10;
    for (let strip = 0; strip < strips; strip += 1) {
      const from = Math.floor((strip * length) / strips);
      const to = Math.floor(((strip + 1) * length) / strips);
      const sums = new Float32Array(count);
      for (let i = 0; i < count; i += 1) {
        for (let j = from; j < to; j += 1) if (ink.data[i * stride + j * step] >= least) sums[i] += 1;
        // A frame or a table's rule, not text.
        if (sums[i] > (to - from) * 0.85) sums[i] = 0;
      }
      for (let i = 1; i < count; i += 1) energy += (sums[i] - sums[i - 1]) ** 2;
      for (let i = 0; i < count; i += 1) {
        if (sums[i] === 0) continue;
        let end = i;
        let most = 0;
        while (end < count && sums[end] > 0) most = Math.max(most, sums[end++]);
        // A line of text is neither a rule nor a picture.
        if (end - i >= 5 && end - i <= count / 14 && most >= 6) {
          let first = i;
          let last = end - 1;
          while (sums[first] < most * 0.5) first += 1;
          while (sums[last] < most * 0.5) last -= 1;
          for (let k = i; k < first; k += 1) above += sums[k];
          for (let k = last + 1; k < end; k += 1) below += sums[k];
        }
        i = end;
      }
    }
    return { energy, above, below };
  };
  const rows = profile(ink.height, ink.width, 1, ink.width);
  const columns = profile(ink.width, ink.height, ink.width, 1);
  const up = (part) => (part.above + part.below < 60 ? 0 : (part.above - part.below) / (part.above + part.below));
  return {
    level: (rows.energy + 1) / (columns.energy + 1),
    upright: up(rows),
    // For a page that lies on its side: whether its letters' tops are at the left.
    leftward: up(columns),
  };
}

// The greatest share of a side along which text runs into the edge.
function cutOf(ink) {
  const { data, width, height } = ink;
  const band = Math.max(2, Math.round(Math.max(width, height) * 0.006));
  const side = (count, at) => {
    let marked = 0;
    let runs = 0;
    let wasMarked = false;
    for (let i = 0; i < count; i += 1) {
      let most = 0;
      for (let depth = 1; depth <= band; depth += 1) most = Math.max(most, data[at(i, depth)]);
      const isMarked = most > 50;
      if (isMarked) marked += 1;
      if (isMarked && !wasMarked) runs += 1;
      wasMarked = isMarked;
    }
    // One long mark is a table's edge or a shadow beside the page; letters come and go.
    return runs >= 4 && marked < count * 0.8 ? marked / count : 0;
  };
  return Math.max(
    side(height, (i, depth) => i * width + depth),
    side(height, (i, depth) => i * width + width - 1 - depth),
    side(width, (i, depth) => depth * width + i),
    side(width, (i, depth) => (height - 1 - depth) * width + i),
  );
}

// MARK: The same page

const fingerprintColumns = 24;
const fingerprintRows = 32;

// Where on the page its ink is, as 768 hexadecimal digits.
function fingerprintOf(ink) {
  const sums = new Float32Array(fingerprintColumns * fingerprintRows);
  for (let y = 0; y < ink.height; y += 1) {
    const row = Math.floor((y * fingerprintRows) / ink.height) * fingerprintColumns;
    for (let x = 0; x < ink.width; x += 1) {
      const value = ink.data[y * ink.width + x];
      if (value > 14) sums[row + Math.floor((x * fingerprintColumns) / ink.width)] += value;
    }
  }
  const most = quantile(sums.map((sum) => Math.min(255, sum / 16)), 0.99) * 16 || 1;
  return Array.from(sums, (sum) => Math.min(15, Math.round((15 * sum) / most)).toString(16)).join("");
}

// How alike two pages are (-1 to 1), at the best of nine small shifts.
function likeness(first, second) {
  if (first.length !== second.length || first.length !== fingerprintColumns * fingerprintRows) return 0;
  const a = Array.from(first, (digit) => parseInt(digit, 16));
  const b = Array.from(second, (digit) => parseInt(digit, 16));
  let best = -1;
  for (let down = -1; down <= 1; down += 1) {
    for (let right = -1; right <= 1; right += 1) {
      let [count, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0];
      for (let y = Math.max(0, down); y < fingerprintRows + Math.min(0, down); y += 1) {
        for (let x = Math.max(0, right); x < fingerprintColumns + Math.min(0, right); x += 1) {
          const p = a[y * fingerprintColumns + x];
          const q = b[(y - down) * fingerprintColumns + x - right];
          count += 1;
          sumA += p;
          sumB += q;
          sumAA += p * p;
          sumBB += q * q;
          sumAB += p * q;
        }
      }
      const spread = Math.sqrt((sumAA - (sumA * sumA) / count) * (sumBB - (sumB * sumB) / count));
      if (spread > 0) best = Math.max(best, (sumAB - (sumA * sumB) / count) / spread);
    }
  }
  return best;
}

// MARK: All of it

// Everything that is measured of a picture.
function measurePage(image) {
  const fine = greyOf(image, 1600);
  const middle = greyOf(image, 800);
  const coarse = greyOf(image, 400);
  const fineInk = inkOf(middle);
  const coarseInk = inkOf(coarse);
  let inked = 0;
  for (const value of coarseInk.data) if (value > 18) inked += 1;
  const lines = linesOf(fineInk);
  return {
    width: image.width,
    height: image.height,
    ...lightOf(coarse),
    ink: inked / coarseInk.data.length,
    sharpness: sharpnessOf(fine),
    ...lines,
    cut: cutOf(fineInk),
    fingerprint: fingerprintOf(coarseInk),
  };
}

// What is wrong with a page of a kind (`page` or `card`), as codes: small, dark, blank, blurred, glare, upside-down, sideways, cut-off.
function judgePage(measures, thresholds, kind) {
  const found = [];
  const least = kind === "card" ? thresholds.card : thresholds.page;
  const [short, long] = [Math.min(measures.width, measures.height), Math.max(measures.width, measures.height)];
  const [wantedShort, wantedLong] = [Math.min(...least), Math.max(...least)];
  if (short < wantedShort * thresholds.tolerance || long < wantedLong * thresholds.tolerance) found.push("small");
  if (measures.paper < thresholds.dark) found.push("dark");
  if (measures.ink < thresholds.blank) return [...found, "blank"];
  if (measures.sharpness === null ? measures.paper >= thresholds.dark : measures.sharpness < thresholds.blurred) found.push("blurred");
  if (measures.glare > thresholds.glare) found.push("glare");
  // What cannot be read has no lines to go by, and a card has too few.
  if (kind !== "card" && !found.includes("blurred") && !found.includes("dark")) {
    // Letters have their tops to one side, and lines change more than columns; a list whose columns stand one below the other has
    // the first alone to go by.
    const [aside, up] = [Math.abs(measures.leftward), Math.abs(measures.upright)];
    if (aside > 0.2 && aside - up - 0.2 * Math.log(measures.level) > thresholds.sideways) found.push("sideways");
    else if (measures.upright < -thresholds.upsideDown) found.push("upside-down");
    if (measures.cut > thresholds.cutOff) found.push("cut-off");
  }
  return found;
}

// How many quarter turns clockwise set a page upright, by what was found of it.
function turnsToUpright(measures, flaws) {
  if (flaws.includes("upside-down")) return 2;
  if (flaws.includes("sideways")) return measures.leftward >= 0 ? 1 : 3;
  return 0;
}
