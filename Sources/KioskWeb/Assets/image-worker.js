// The work on pixels, away from the page: one picture at a time is opened, then looked at and made into a page as often as asked.
// Every message has an `id`, which its answer repeats; an answer has `fault` where the browser cannot read the picture.
"use strict";

importScripts(...new URL(self.location).searchParams.getAll("with"));

let picture = null;

// Beyond this a 32-bit browser runs out of memory; 24 megapixels are 350 dpi of A3.
const mostPixels = 24e6;

// The picture's pixels, upright by its EXIF orientation, on white; metadata stays behind.
async function decode(blob) {
  const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
  const scale = Math.min(1, Math.sqrt(mostPixels / (bitmap.width * bitmap.height)));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function canvasOf(image) {
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d").putImageData(new ImageData(image.data, image.width, image.height), 0, 0);
  return canvas;
}

// A picture for the screen.
function shown(image, longest) {
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(canvasOf(image), 0, 0, canvas.width, canvas.height);
  return canvas.transferToImageBitmap();
}

function page({ corners, turns, contrast }, most) {
  const placed = turned(corners, turns);
  const [width, height] = storedSize(placed, most);
  const isWhole = turns === 0 && width === picture.width && height === picture.height && areaOf(corners) > width * height * 0.9999;
  const image = isWhole
    ? { data: new Uint8ClampedArray(picture.data), width, height } : straightened(picture, placed, width, height);
  return contrast > 0 ? clarify(image, contrast) : image;
}

// The JPEG of the best quality that keeps the budget; below the quality that text bears, the picture becomes smaller instead, down to
// the least size that the portal's offices can read.
async function encode(image, { budget, least }) {
  const qualities = [0.9, 0.82, 0.74, 0.66, 0.58];
  let canvas = canvasOf(image);
  for (;;) {
    let blob = null;
    for (const quality of qualities) {
      blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
      if (blob.size <= budget) return { blob, width: canvas.width, height: canvas.height };
    }
    const scale = Math.max(0.85, Math.max(...least) / Math.max(canvas.width, canvas.height));
    if (scale >= 1) {
      // As small as is allowed: what is left is quality.
      for (const quality of [0.5, 0.42, 0.34]) {
        blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
        if (blob.size <= budget) break;
      }
      return { blob, width: canvas.width, height: canvas.height };
    }
    const smaller = new OffscreenCanvas(Math.round(canvas.width * scale), Math.round(canvas.height * scale));
    const context = smaller.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(canvas, 0, 0, smaller.width, smaller.height);
    canvas = smaller;
  }
}

function verdict(image, { thresholds, kind }) {
  const measures = measurePage(image);
  const flaws = judgePage(measures, thresholds, kind);
  return { measures, flaws, turns: turnsToUpright(measures, flaws) };
}

const tasks = {
  // Opens a picture: a small one to show, the page's corners, and what the page within them is worth.
  async open({ blob, longest, ...wishes }) {
    picture = await decode(blob);
    const found = findPage(picture);
    const corners = found ?? wishes.frame?.map(([x, y]) => [x * picture.width, y * picture.height]) ?? wholeOf(picture);
    const asked = { corners, turns: 0, contrast: 0 };
    return {
      width: picture.width, height: picture.height, corners, isFound: found !== null, preview: shown(picture, longest),
      ...verdict(page(asked, wishes.most), wishes),
    };
  },

  // What the page will look like.
  look({ longest, ...wishes }) {
    const image = page(wishes, wishes.most);
    return { preview: shown(image, longest), ...verdict(image, wishes) };
  },

  // The page as it will be stored.
  async make(wishes) {
    const image = page(wishes, wishes.most);
    return { ...verdict(image, wishes), ...(await encode(image, wishes)) };
  },

  // What a file is worth as it is.
  async measure({ blob, ...wishes }) { return verdict(await decode(blob), wishes); },

  close() {
    picture = null;
    return {};
  },
};

// One after another: an older answer never overtakes a newer one.
let turn = Promise.resolve();
self.addEventListener("message", ({ data: { id, task, ...wishes } }) => {
  turn = turn.then(async () => {
    try {
      const answer = await tasks[task](wishes);
      self.postMessage({ id, ...answer }, answer.preview ? [answer.preview] : []);
    } catch (error) {
      self.postMessage({ id, fault: String(error?.name ?? error) });
    }
  });
});
