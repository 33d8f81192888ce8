// A zone with a chooser takes files, dropped ones too, sends them and shows what the kiosk answers; `PageAdder` (papers.js) looks at
// pictures first.
"use strict";

class FileAdder {
  constructor(zone) {
    this.zone = zone;
    this.component = zone.closest(".component");
    this.progress = zone.querySelector(".progress");
    this.queue = Promise.resolve();
    const input = zone.querySelector("input[type=file]");
    input.addEventListener("change", () => {
      this.add([...input.files]);
      input.value = "";
    });
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.add("over-it");
      });
    }
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over-it"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    });
  }

  // One after another: a village computer has one disk.
  add(files) {
    this.progress.replaceChildren();
    for (const file of files) this.queue = this.queue.then(() => this.upload(file, file.name));
  }

  // Resolves to whether it is on the disk.
  async upload(file, name, address = this.zone.dataset.upload, headers = {}) {
    if (file.size > Number(this.zone.dataset.limit)) return this.fail(name, this.zone.dataset.tooLarge);
    const row = this.row(this.zone.dataset.adding + " " + name);
    const bar = document.createElement("progress");
    bar.max = Math.max(1, file.size);
    bar.value = 0;
    row.append(bar);
    const all = { "X-File-Name": encodeURIComponent(name), ...headers };
    const { status, answer } = await this.send(address, file, all, (event) => { bar.value = event.loaded; });
    row.remove();
    if (status !== 200 || !answer?.saved) return this.fail(name, answer?.message);
    this.show(answer);
    return true;
  }

  // Resolves to {status, answer}; status 0 where the kiosk's program does not answer.
  send(address, body, headers, onProgress = () => {}) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", address);
      request.setRequestHeader("X-CSRF-Token", token);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.responseType = "json";
      request.upload.addEventListener("progress", onProgress);
      request.addEventListener("loadend", () => resolve({ status: request.status, answer: request.response }));
      request.send(body);
    });
  }

  // What the kiosk holds now.
  show(answer) {
    this.component.querySelector(".files").innerHTML = answer.files;
    this.component.querySelector(".state").innerHTML = answer.state;
    if (answer.total !== undefined) document.getElementById("total").innerHTML = answer.total;
    this.component.dispatchEvent(new Event("filed"));
  }

  row(text) {
    const row = document.createElement("div");
    const words = document.createElement("p");
    words.textContent = text;
    row.append(words);
    this.progress.append(row);
    return row;
  }

  fail(name, message) {
    const row = this.row(message ?? this.zone.dataset.failed);
    row.className = "notice bad";
    const title = document.createElement("p");
    title.className = "notice-title";
    title.textContent = name;
    row.prepend(title);
    return false;
  }
}

for (const zone of document.querySelectorAll("[data-upload]:not([data-pages])")) new FileAdder(zone);
