// One picture on its way to becoming a page: corners, turns, ink, and what is wrong with it. The worker does the work on pixels; here
// are only what is shown and what a person chose.
"use strict";

class PaperEditor {
  constructor() {
    const words = papers.words;
    const button = (text, action, kind = "") => element("button", { type: "button", class: `button ${kind}`, onclick: action }, text);
    this.canvas = element("canvas", { role: "img", "aria-label": words.edit });
    this.shape = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
    const lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    lines.setAttribute("aria-hidden", "true");
    lines.append(this.shape);
    this.lines = lines;
    this.handles = [0, 1, 2, 3].map((index) => {
      const handle = element("button", { type: "button", class: "corner", "aria-label": words[`corner${index + 1}`] });
      handle.addEventListener("pointerdown", (event) => this.grabbed(event, index));
      handle.addEventListener("keydown", (event) => this.nudged(event, index));
      return handle;
    });
    this.stage = element("div", { class: "stage" }, this.canvas, lines, ...this.handles);
    this.result = element("canvas", { role: "img", "aria-label": words.result });
    this.contrast = element("select", { id: "paper-contrast" },
      ...[[0, words.asIs], [1, words.clear], [2, words.pencil]].map(([value, text]) => element("option", { value }, text)));
    this.contrast.addEventListener("change", () => this.look());
    this.state = element("div", { class: "verdict", role: "status", "aria-live": "polite" });
    this.word = element("input", { type: "text", id: "paper-word", maxlength: "300", autocomplete: "off" });
    this.word.addEventListener("input", () => this.allow());
    this.reason = element("p", { class: "field" }, element("label", { for: "paper-word" }, words.word), this.word);
    this.save = button(words.save, () => this.finish(), "primary");
    this.dialog = element("dialog", { class: "paper-dialog editor", "aria-label": words.edit },
      element("div", { class: "paper-columns" },
        element("div", {}, this.stage, element("p", { class: "help" }, words.drag),
          element("div", { class: "buttons" }, button("⟲ " + words.left, () => this.turn(3)), button("⟳ " + words.right, () => this.turn(1)),
            button(words.whole, () => this.place(this.wholeCorners())), this.edges = button(words.found, () => this.place(this.foundCorners)))),
        element("div", {}, element("h2", {}, words.result), element("div", { class: "result" }, this.result),
          element("p", { class: "field" }, element("label", { for: "paper-contrast" }, words.contrast), this.contrast),
          this.state, this.reason)),
      element("div", { class: "buttons bar" }, button(words.cancel, () => this.dialog.close()), this.save));
    this.dialog.addEventListener("close", () => this.end(null));
    document.body.append(this.dialog);
  }

  // Lets a person decide about an opened picture; resolves to the page {blob, flaws, measures, word}, or to null where it is left out.
  edit(opened, wishes, replaces) {
    Object.assign(this, { opened, wishes, replaces, corners: opened.corners, foundCorners: opened.corners, turns: opened.turns });
    this.edges.hidden = !opened.isFound;
    // A photograph has shadows, a scan has none.
    this.contrast.value = opened.isFound ? "1" : "0";
    this.word.value = "";
    this.canvas.width = opened.preview.width;
    this.canvas.height = opened.preview.height;
    this.canvas.getContext("2d").drawImage(opened.preview, 0, 0);
    this.lines.setAttribute("viewBox", `0 0 ${opened.width} ${opened.height}`);
    this.dialog.showModal();
    this.draw();
    this.look();
    return new Promise((resolve) => { this.resolve = resolve; });
  }

  end(page) {
    const resolve = this.resolve;
    this.resolve = null;
    if (this.dialog.open) this.dialog.close();
    resolve?.(page);
  }

  wholeCorners() { return [[0, 0], [this.opened.width, 0], [this.opened.width, this.opened.height], [0, this.opened.height]]; }

  // MARK: Corners

  draw() {
    this.shape.setAttribute("points", this.corners.map((point) => point.join(",")).join(" "));
    this.corners.forEach(([x, y], index) => {
      this.handles[index].style.left = `${(100 * x) / this.opened.width}%`;
      this.handles[index].style.top = `${(100 * y) / this.opened.height}%`;
    });
  }

  place(corners) {
    this.corners = corners;
    this.draw();
    this.look();
  }

  // A corner stays in the picture, and the page stays convex: what is inside out has no pixels.
  move(index, x, y) {
    const clamp = (value, most) => Math.max(0, Math.min(most, value));
    const next = this.corners.map((point, i) => (i === index ? [clamp(x, this.opened.width), clamp(y, this.opened.height)] : point));
    const turns = next.map((point, i) => {
      const [a, b] = [next[(i + 1) % 4], next[(i + 2) % 4]];
      return (a[0] - point[0]) * (b[1] - a[1]) - (a[1] - point[1]) * (b[0] - a[0]);
    });
    const least = this.opened.width * this.opened.height * 0.001;
    if (turns.every((turn) => turn > least)) this.corners = next;
    this.draw();
  }

  grabbed(event, index) {
    event.preventDefault();
    const handle = this.handles[index];
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    const follow = (move) => {
      const box = this.canvas.getBoundingClientRect();
      this.move(index, ((move.clientX - box.left) / box.width) * this.opened.width, ((move.clientY - box.top) / box.height) * this.opened.height);
    };
    handle.addEventListener("pointermove", follow);
    for (const name of ["pointerup", "pointercancel"]) {
      handle.addEventListener(name, () => {
        handle.removeEventListener("pointermove", follow);
        this.look();
      }, { once: true });
    }
  }

  nudged(event, index) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    const step = (Math.max(this.opened.width, this.opened.height) / 400) * (event.shiftKey ? 10 : 1);
    this.move(index, this.corners[index][0] + way[0] * step, this.corners[index][1] + way[1] * step);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.look(), 250);
  }

  turn(quarters) {
    this.turns = (this.turns + quarters) % 4;
    this.look();
  }

  // MARK: What it will be

  asked() { return { ...this.wishes, corners: this.corners, turns: this.turns, contrast: Number(this.contrast.value) }; }

  // Shows the page and what is wrong with it; only the last of several changes is looked at.
  async look() {
    this.isStale = true;
    this.allow();
    if (this.isLooking) return;
    this.isLooking = true;
    while (this.isStale && this.dialog.open) {
      this.isStale = false;
      const answer = await imageWorker.ask("look", { ...this.asked(), longest: 700 });
      if (answer.fault) continue;
      this.result.width = answer.preview.width;
      this.result.height = answer.preview.height;
      this.result.getContext("2d").drawImage(answer.preview, 0, 0);
      answer.preview.close();
      this.judge(ImageWorker.flaws(answer, this.replaces));
    }
    this.isLooking = false;
    this.allow();
  }

  judge(flaws) {
    this.flaws = flaws;
    const rows = flaws.map((code) => {
      const { name, advice } = papers.flaws[code];
      return element("p", { "data-flaw": code }, element("b", {}, name + ". "), advice);
    });
    this.state.className = flaws.length > 0 ? "verdict notice warn" : "verdict notice good";
    this.state.replaceChildren(...(rows.length > 0 ? rows : [element("p", {}, papers.words.good)]));
    this.reason.hidden = flaws.length === 0;
    this.save.textContent = flaws.length > 0 ? papers.words.saveAnyway : papers.words.save;
  }

  allow() {
    this.save.disabled = this.isStale || this.isLooking || this.isMaking
      || (this.flaws?.length > 0 && this.word.value.trim() === "");
  }

  async finish() {
    this.isMaking = true;
    this.allow();
    const page = await imageWorker.ask("make", this.asked());
    this.isMaking = false;
    const flaws = page.fault ? this.flaws : ImageWorker.flaws(page, this.replaces);
    const isWorse = flaws.some((flaw) => !this.flaws.includes(flaw));
    // Something that was not told yet: it is, and nothing is kept that nobody agreed to.
    if (isWorse) this.judge(flaws);
    this.allow();
    if (page.fault || (isWorse && this.save.disabled)) return;
    this.end({ ...page, flaws, word: flaws.length > 0 ? this.word.value.trim() : "" });
  }
}

const paperEditor = papers && new PaperEditor();
