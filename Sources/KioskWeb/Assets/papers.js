// Adding papers: files from the chooser, dropped, pasted, or pictures of the camera become pages that can be sent. What the browser can
// read as a picture is set upright, shrunk and measured in the worker; all else goes to the kiosk as it is, which knows what it takes.
"use strict";

const papers = JSON.parse(document.getElementById("papers")?.dataset.settings ?? "null");

// MARK: The worker

class ImageWorker {
  constructor(address) {
    this.worker = new Worker(address);
    this.waiting = new Map();
    this.last = 0;
    this.worker.addEventListener("message", ({ data }) => {
      this.waiting.get(data.id)?.(data);
      this.waiting.delete(data.id);
    });
    // A worker that broke answers nothing more: whoever waits is told.
    this.worker.addEventListener("error", () => {
      for (const answer of this.waiting.values()) answer({ fault: "worker" });
      this.waiting.clear();
    });
  }

  ask(task, wishes = {}) {
    this.last += 1;
    const id = this.last;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.worker.postMessage({ id, task, ...wishes });
    });
  }

  // What a page of a component is made and judged by.
  static wishes(component) {
    const kind = Number(component.dataset.sides) > 0 ? "card" : "page";
    return {
      kind, thresholds: papers.thresholds, budget: papers.budget, most: papers.most[kind], least: papers.thresholds[kind], longest: 1100,
    };
  }

  // The page among those that are there which looks most like this one, where it looks the same.
  static twin(fingerprint, besides) {
    const known = [...document.querySelectorAll("#papers li[data-fingerprint]")].filter((row) => row.dataset.paper !== besides);
    const likest = known.map((row) => likeness(fingerprint, row.dataset.fingerprint));
    return likest.some((value) => value >= papers.thresholds.twice);
  }

  // What is wrong with a page, the twin in it.
  static flaws(answer, besides) {
    return ImageWorker.twin(answer.measures.fingerprint, besides) ? [...answer.flaws, "twice"] : answer.flaws;
  }
}

function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null) made.setAttribute(key, value);
  }
  made.append(...content);
  return made;
}

// MARK: Adding to one component

class PageAdder extends FileAdder {
  // One for all components: one person looks at one picture.
  static line = Promise.resolve();

  constructor(zone) {
    super(zone);
    this.component.adder = this;
  }

  add(files) {
    this.progress.replaceChildren();
    for (const file of files) {
      PageAdder.line = PageAdder.line.then(() => this.take({ blob: file, name: file.name }).catch(() => this.fail(file.name)));
    }
  }

  // Makes a page of a picture and sends it. `replaces` is a paper's id, `kept` the original that the kiosk holds already, `frame` the
  // corners that the camera showed. Resolves to whether it was added, or to `left-out`.
  async take({ blob, name, replaces = null, kept = null, frame = null, look = false }) {
    if (blob.size > Number(this.zone.dataset.limit)) return this.fail(name, this.zone.dataset.tooLarge);
    const row = this.row(`${papers.words.looking} ${name}`);
    const wishes = ImageWorker.wishes(this.component);
    const opened = await imageWorker.ask("open", { ...wishes, blob, frame });
    if (opened.fault) {
      row.remove();
      return this.upload(blob, name, this.address({ replaces }));
    }
    const flaws = ImageWorker.flaws(opened, replaces);
    let page;
    if (!look && !opened.isFound && flaws.length === 0) {
      const plain = { ...wishes, corners: opened.corners, turns: 0, contrast: 0 };
      page = { ...(await imageWorker.ask("make", plain)), word: "" };
      page.flaws = ImageWorker.flaws(page, replaces);
      // Shrinking to the budget may have cost what was good before.
      if (page.flaws.length > 0) page = await paperEditor.edit(opened, wishes, replaces);
    } else {
      page = await paperEditor.edit(opened, wishes, replaces);
    }
    await imageWorker.ask("close");
    row.remove();
    if (!page) return "left-out";
    let original = kept;
    if (!original) {
      const saved = await this.send(papers.originals, blob, {});
      original = saved.answer?.original;
      if (!original) return this.fail(name, saved.answer?.message ?? papers.words.originalFailed);
    }
    return this.upload(page.blob, name, this.address({ replaces, original }), {
      "X-Paper-Fingerprint": page.measures.fingerprint, "X-Paper-Flaws": page.flaws.join(","),
      "X-Paper-Word": encodeURIComponent(page.word),
    });
  }

  address(parts) {
    const named = Object.entries(parts).filter(([, value]) => value).map(([key, value]) => `&${key}=${encodeURIComponent(value)}`);
    return this.zone.dataset.upload + named.join("");
  }
}

const imageWorker = papers && new ImageWorker(papers.worker);
if (papers) {
  for (const zone of document.querySelectorAll("[data-pages]")) new PageAdder(zone);
  // What is pasted goes to the paper that was pointed at or tabbed to last.
  let pointedAt = null;
  for (const name of ["pointerover", "focusin"]) {
    document.addEventListener(name, (event) => { pointedAt = event.target.closest?.(".component") ?? pointedAt; });
  }
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0 && pointedAt && !event.target.closest("input, textarea, dialog")) pointedAt.adder.add(files);
  });
}
