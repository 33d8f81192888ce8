"use strict";

// A pad to sign on with a finger, a pen or the mouse. What is sent is the strokes as an SVG path in whole numbers, in the canvas's own
// measure; the server reads it strictly.
class SignaturePad {
  constructor(canvas) {
    this.canvas = canvas;
    this.field = canvas.parentElement.querySelector("input[type=hidden]");
    this.strokes = this.field.value.split("M").filter(Boolean).map((stroke) => stroke.split("L").map((point) => point.split(" ").map(Number)));
    this.active = null;
    canvas.addEventListener("pointerdown", (event) => this.began(event));
    canvas.addEventListener("pointermove", (event) => this.moved(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.ended(event));
    canvas.parentElement.querySelector("[data-undo]").addEventListener("click", () => this.keep(this.strokes.slice(0, -1)));
    canvas.parentElement.querySelector("[data-clear]").addEventListener("click", () => this.keep([]));
    this.draw();
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const scaled = (offset, length, limit) => Math.min(limit, Math.max(0, Math.round(offset / length * limit)));
    return [
      scaled(event.clientX - box.left - this.canvas.clientLeft, this.canvas.clientWidth, this.canvas.width),
      scaled(event.clientY - box.top - this.canvas.clientTop, this.canvas.clientHeight, this.canvas.height),
    ];
  }

  get isFull() { return this.strokes.reduce((sum, stroke) => sum + stroke.length, 0) >= Number(this.canvas.dataset.points) - 2; }

  // One pointer at a time: the ball of the hand on the screen is no stroke.
  began(event) {
    if (this.active !== null || event.button !== 0 || this.isFull) return;
    event.preventDefault();
    this.active = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.push([this.point(event)]);
    this.draw();
  }

  moved(event) {
    if (event.pointerId !== this.active || this.isFull) return;
    const stroke = this.strokes.at(-1);
    const [x, y] = this.point(event);
    const [lastX, lastY] = stroke.at(-1);
    if (Math.max(Math.abs(x - lastX), Math.abs(y - lastY)) < 3) return;
    stroke.push([x, y]);
    this.draw();
  }

  ended(event) {
    if (event.pointerId !== this.active) return;
    this.active = null;
    // A dot is a line to itself.
    const stroke = this.strokes.at(-1);
    if (stroke.length === 1) stroke.push(stroke[0]);
    this.keep(this.strokes);
  }

  keep(strokes) {
    this.strokes = strokes;
    this.field.value = strokes.map((stroke) => "M" + stroke.map((point) => point.join(" ")).join("L")).join("");
    this.draw();
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    Object.assign(pen, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: "#10204a" });
    for (const stroke of this.strokes) {
      pen.beginPath();
      pen.moveTo(...stroke[0]);
      for (const point of stroke.slice(1).concat(stroke.length === 1 ? [stroke[0]] : [])) pen.lineTo(...point);
      pen.stroke();
    }
  }
}

for (const part of document.querySelectorAll(".consent [data-scripted]")) part.hidden = false;
for (const canvas of document.querySelectorAll("canvas.pad")) new SignaturePad(canvas);
// A photo that was added is the evidence that was meant.
document.getElementById("consent-photo")?.addEventListener("filed", () => {
  document.querySelector('[name="consent.evidence"][value="photo"]').checked = true;
});
