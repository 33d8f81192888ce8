// Photographing papers with a camera of this computer. The picture is never mirrored; a frame shows where the page or card goes, and is
// where its corners are looked for.
"use strict";

class PaperCamera {
  static choice = "kiosk-camera";

  constructor() {
    const words = papers.words;
    this.video = element("video", { playsinline: true, muted: true, autoplay: true });
    this.video.muted = true;
    this.frame = element("div", { class: "camera-frame", "aria-hidden": "true" });
    this.hint = element("p", { class: "camera-hint", role: "status" });
    this.fault = element("div", { class: "notice bad", role: "alert", hidden: true });
    this.again = element("button", { type: "button", class: "button", hidden: true, onclick: () => this.start() }, words.again);
    this.select = element("select", { id: "camera-choice", onchange: () => this.choose() });
    this.shoot = element("button", { type: "button", class: "button primary", disabled: true, onclick: () => this.take() }, words.shoot);
    this.dialog = element("dialog", { class: "paper-dialog camera", "aria-label": words.camera },
      element("h2", {}, words.camera), this.hint, this.fault, element("div", { class: "camera-stage" }, this.video, this.frame),
      element("p", { class: "field" }, element("label", { for: "camera-choice" }, words.which), this.select),
      element("div", { class: "buttons bar" }, element("button", { type: "button", class: "button", onclick: () => this.dialog.close() }, words.close),
        this.again, this.shoot));
    this.dialog.addEventListener("close", () => this.stop());
    this.video.addEventListener("loadedmetadata", () => this.fit());
    document.body.append(this.dialog);
  }

  // `replaces` is the paper whose place the picture takes; null for a further one.
  open(adder, replaces = null) {
    this.adder = adder;
    this.replaces = replaces;
    this.sides = Number(adder.component.dataset.sides);
    this.dialog.showModal();
    this.tell();
    return this.start();
  }

  // Which side comes next: that after the ones that are there.
  tell() {
    const words = papers.words;
    const there = this.adder.component.querySelectorAll(".files img").length;
    const rows = [...this.adder.component.querySelectorAll(".files li")];
    const next = this.replaces ? rows.findIndex((row) => row.dataset.paper === this.replaces) + 1 : there + 1;
    this.side = this.sides > 0 ? Math.min(next, this.sides) : 0;
    this.hint.textContent = this.sides > 0 ? words[`side${Math.min(this.side, 2)}`] : words.page;
  }

  async start() {
    this.stop();
    this.fault.hidden = true;
    this.again.hidden = true;
    const wanted = localStorage.getItem(PaperCamera.choice);
    const size = { width: { ideal: 4096 }, height: { ideal: 3072 } };
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "NotSupportedError");
      try {
        this.stream = await navigator.mediaDevices.getUserMedia({ video: wanted ? { ...size, deviceId: { exact: wanted } } : { ...size, facingMode: "environment" } });
      } catch (error) {
        // The camera of last time is unplugged: any other will do.
        if (!wanted || !["OverconstrainedError", "NotFoundError"].includes(error.name)) throw error;
        this.stream = await navigator.mediaDevices.getUserMedia({ video: size });
      }
      // Closed while the browser asked for permission.
      if (!this.dialog.open) return this.stop();
      this.video.srcObject = this.stream;
      await this.video.play();
      await this.list();
      this.shoot.disabled = false;
      this.shoot.focus();
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error) {
    this.stop();
    const reasons = {
      NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "missing", OverconstrainedError: "missing",
      NotReadableError: "busy", AbortError: "busy",
    };
    this.fault.textContent = papers.words[reasons[error.name] ?? "noCamera"];
    this.fault.hidden = !this.dialog.open;
    this.again.hidden = false;
  }

  async list() {
    const all = await navigator.mediaDevices.enumerateDevices();
    const current = this.stream.getVideoTracks()[0].getSettings().deviceId;
    const cameras = all.filter((device) => device.kind === "videoinput");
    this.select.replaceChildren(...cameras.map((device, index) =>
      element("option", { value: device.deviceId, selected: device.deviceId === current }, device.label || `${papers.words.cameraNumber} ${index + 1}`)));
    this.select.closest("p").hidden = cameras.length < 2;
  }

  choose() {
    localStorage.setItem(PaperCamera.choice, this.select.value);
    this.start();
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.shoot.disabled = true;
  }

  // The frame: as large as the picture bears in the shape of A4 or a card, standing or lying as the picture is.
  fit() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const shape = this.sides > 0 ? 85.6 / 53.98 : width > height ? 297 / 210 : 210 / 297;
    const share = this.sides > 0 ? 0.8 : 0.94;
    const wide = Math.min(width * share, height * share * shape);
    const [left, top] = [(1 - wide / width) / 2, (1 - wide / shape / height) / 2];
    this.corners = [[left, top], [1 - left, top], [1 - left, 1 - top], [left, 1 - top]];
    Object.assign(this.frame.style, { left: `${left * 100}%`, right: `${left * 100}%`, top: `${top * 100}%`, bottom: `${top * 100}%` });
  }

  // The frame that is seen, at the camera's own size.
  async picture() {
    const canvas = element("canvas", { width: this.video.videoWidth, height: this.video.videoHeight });
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.95); });
  }

  async take() {
    this.shoot.disabled = true;
    const blob = await this.picture();
    const name = `${this.sides > 0 ? `mat-${this.side}` : "trang"}-${new Date().toTimeString().slice(0, 8).replaceAll(":", "")}.jpg`;
    const { adder, corners, replaces } = this;
    const side = this.side;
    this.dialog.close();
    PageAdder.line = PageAdder.line.then(async () => {
      const result = await adder.take({ blob, name, frame: corners, look: true, replaces }).catch(() => adder.fail(name));
      // A picture that was left out is taken again; a card has another side.
      if (result === "left-out") this.open(adder, replaces);
      else if (result === true && !replaces && side < this.sides) this.open(adder);
    });
  }
}

const paperCamera = papers && new PaperCamera();
if (papers) {
  for (const button of document.querySelectorAll("[data-camera]")) {
    button.hidden = false;
    button.addEventListener("click", () => paperCamera.open(button.closest(".component").adder));
  }
  // A page that came back as unreadable: straight to the camera, once.
  const wanted = document.querySelector("[data-take]");
  if (wanted) {
    history.replaceState(null, "", location.pathname + location.hash);
    const page = [...wanted.querySelectorAll(".files li")].find((row) => row.dataset.paper === wanted.dataset.take);
    paperCamera.open(wanted.adder, page?.dataset.paper ?? null);
  }
}
