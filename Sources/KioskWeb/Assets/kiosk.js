// The kiosk's one script. Pages work without it, except for adding files; with it every answer is saved as it is given.
"use strict";

let token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

// After the kiosk was unlocked in another tab or the program was started anew, this page's token is out of date.
async function renewToken() {
  const response = await fetch("/session", { headers: { Accept: "application/json" } });
  if (!response.ok) return;
  token = (await response.json()).csrf;
  for (const input of document.querySelectorAll("input[name=csrf]")) input.value = token;
}

// MARK: Saving answers

class AnswerSaver {
  // One request at a time, so that an older answer never overtakes a newer one.
  constructor(form) {
    this.form = form;
    this.state = document.getElementById("save-state");
    this.waiting = new Map();
    this.timers = new Map();
    // Names of controls with something that is not on the disk yet.
    this.dirty = new Set();
    this.isBusy = false;
    this.isFailing = false;
    this.isLocked = false;
    this.isChecked = new URLSearchParams(location.search).has("check");
    // Fields that someone has been at: what is wrong with them may be said.
    this.left = new Set(this.fields().filter((field) => this.isChecked || this.isFilled(field)).map((field) => field.dataset.address));
    form.addEventListener("input", (event) => this.typed(event.target));
    form.addEventListener("change", (event) => this.changed(event.target));
    form.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.isFailing) event.preventDefault();
    });
    window.addEventListener("pagehide", () => {
      for (const item of this.waiting.values()) this.post(item).catch(() => {});
    });
  }

  fields() { return [...this.form.querySelectorAll("[data-address]")]; }
  isFilled(field) { return [...field.querySelectorAll("input, .control textarea")].some((one) => one.type === "radio" ? one.checked : one.value); }
  words(name) { return this.form.dataset[name]; }

  // While someone types: saved after a pause, without a word about what is not finished yet.
  typed(control) {
    const field = control.closest("[data-address]");
    if (!field || control.type === "radio") return;
    this.dirty.add(control.name);
    this.mark(field, "", "");
    // An older "saved" must not stand over what is being typed; a trouble stays told.
    if (!this.isFailing) this.state.replaceChildren();
    clearTimeout(this.timers.get(control.name));
    this.timers.set(control.name, setTimeout(() => this.queue(field, control, false), 1500));
  }

  changed(control) {
    const field = control.closest("[data-address]");
    if (!field) return;
    clearTimeout(this.timers.get(control.name));
    this.queue(field, control, true);
  }

  queue(field, control, isLeft) {
    if (isLeft) this.left.add(field.dataset.address);
    const body = { pointer: field.dataset.address, section: this.words("section") };
    if (control.dataset.reason !== undefined) body.reason = control.value;
    else body.value = control.value;
    this.dirty.add(control.name);
    this.waiting.set(control.name, { body, field, control });
    this.mark(field, "busy", this.words("saving"));
    this.send();
  }

  async send() {
    if (this.isBusy) return;
    const next = this.waiting.entries().next();
    if (next.done) return;
    const [name, item] = next.value;
    this.isBusy = true;
    this.show("busy", this.words("saving"));
    let answer = null;
    let status = 0;
    try {
      if (this.isLocked) await renewToken();
      const response = await this.post(item);
      status = response.status;
      answer = await response.json();
    } catch { /* the way to the kiosk's program itself: tried again below */ }
    this.isBusy = false;
    this.isLocked = status === 401 || status === 403;
    if (answer?.saved) {
      this.isFailing = false;
      if (this.waiting.get(name) === item) this.waiting.delete(name);
      this.saved(item, answer);
      if (this.waiting.size > 0) this.send();
      else if (this.pending) this.submitNow();
      return;
    }
    this.mark(item.field, "failed", "!");
    if (status === 409) {
      this.waiting.delete(name);
      this.show("failed", answer?.message ?? this.words("unsaved"), () => location.reload());
      return;
    }
    this.isFailing = true;
    const retry = () => { if (!this.isBusy) this.send(); };
    this.show("failed", this.words(this.isLocked ? "locked" : "unsaved"), this.isLocked ? () => window.open("/unlock") : retry);
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(retry, 3000);
  }

  // `keepalive` lets it arrive although the page is being left.
  post(item) {
    return fetch(this.words("answers"), {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
      body: JSON.stringify(item.body),
    });
  }

  saved(item, answer) {
    const control = item.control;
    const isText = item.body.reason === undefined && control.type !== "radio";
    // Who typed on meanwhile is told "saved" only of all of it.
    const isWhole = !this.waiting.has(control.name) && (control.type === "radio" || control.value === (item.body.reason ?? item.body.value));
    if (isWhole) {
      this.dirty.delete(control.name);
      this.mark(item.field, "ok", "✓ " + this.words("saved"));
    }
    if (this.dirty.size === 0) this.show("ok", "✓ " + this.words("saved") + " " + answer.at);
    else this.show("busy", this.words("saving"));
    // What is being typed on is never touched; neither is what changed meanwhile.
    if (isText && document.activeElement !== control && control.value === item.body.value) control.value = answer.value;
    if (answer.offer !== undefined) this.showOffer(answer.offer);
    const note = item.field.querySelector("[data-note]");
    if (note && isText) {
      note.textContent = answer.note ?? "";
      note.hidden = !answer.note;
    }
    this.refresh(answer);
  }

  // What the section looks like after an answer was saved.
  refresh(answer) {
    const visible = new Set(answer.visible);
    for (const field of this.fields()) {
      field.hidden = !visible.has(field.dataset.address);
      this.showIssues(field, answer.issues.filter((issue) => issue.pointer === field.dataset.address));
    }
  }

  // Whether to use what the resident declared earlier.
  showOffer(question) {
    const box = document.getElementById("reuse");
    if (!box) return;
    box.hidden = question === "";
    box.querySelector("[data-offer]").textContent = question;
  }

  showIssues(field, issues) {
    const isLeft = this.left.has(field.dataset.address);
    const told = isLeft ? issues.filter((issue) => this.isChecked || !issue.isAbsence) : [];
    const errors = told.filter((issue) => issue.severity === "error");
    const warnings = told.filter((issue) => issue.severity === "warning");
    const error = field.querySelector(".error");
    error.textContent = errors.map((issue) => issue.message).join(" ");
    error.hidden = errors.length === 0;
    const warning = field.querySelector(".warning");
    warning.hidden = warnings.length === 0 && !warning.contains(document.activeElement);
    warning.querySelector(".warning-text").textContent = warnings.map((issue) => issue.message).join(" ");
    field.classList.toggle("wrong", errors.length > 0);
    field.classList.toggle("warned", errors.length === 0 && warnings.length > 0);
    for (const control of field.querySelectorAll("input:not([type=radio]), .control textarea")) {
      if (errors.length > 0) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  }

  // The page's own form carries every field; it only has to wait for an older answer under way, and must not be sent to a program
  // that does not answer: the browser would throw away what was typed.
  submitted(event) {
    for (const timer of this.timers.values()) clearTimeout(timer);
    if (!this.isBusy && !this.isFailing) {
      this.waiting.clear();
      return;
    }
    event.preventDefault();
    this.pending = event.submitter;
    this.send();
  }

  submitNow() {
    const button = this.pending ?? this.form.querySelector("button");
    this.pending = null;
    this.form.requestSubmit(button);
  }

  mark(field, kind, text) {
    const mark = field.querySelector(".mark");
    mark.className = "mark " + kind;
    mark.textContent = text;
  }

  show(kind, text, action) {
    const bar = document.createElement("div");
    bar.className = kind;
    const words = document.createElement("span");
    words.textContent = text;
    bar.append(words);
    if (action) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small";
      button.textContent = "↻";
      button.setAttribute("aria-label", text);
      button.addEventListener("click", action);
      bar.append(button);
    }
    this.state.replaceChildren(bar);
  }
}

// MARK: Watching a sync

class SyncWatcher {
  constructor(card) {
    this.card = card;
    this.wasRunning = card.dataset.running === "true";
    setInterval(() => this.ask(), 1000);
  }

  async ask() {
    if (this.isAsking || document.hidden) return;
    this.isAsking = true;
    try {
      const response = await fetch(this.card.dataset.status, { headers: { Accept: "application/json" } });
      if (response.status === 401) location.reload();
      this.show(await response.json());
    } catch {
      this.card.querySelector("[data-title]").textContent = this.card.dataset.broken;
    }
    this.isAsking = false;
  }

  show(answer) {
    if (this.wasRunning && !answer.running) location.reload();
    this.wasRunning = answer.running;
    const title = this.card.querySelector("[data-title]");
    if (title.textContent !== answer.title) title.textContent = answer.title;
    this.card.querySelector("progress").hidden = !answer.running;
    this.card.querySelector("button").disabled = answer.running;
    this.card.querySelector("[data-lines]").replaceChildren(...answer.lines.map((line) => this.element("p", line)));
    document.querySelector("[data-standing]").replaceChildren(...answer.standing.map((line) => this.element("li", line)));
    document.querySelector("[data-forecast]").textContent = answer.forecast;
  }

  element(name, text) {
    const element = document.createElement(name);
    element.textContent = text;
    return element;
  }
}

// MARK: Locking an idle screen

// The server ends an idle session by itself; this takes the resident's data off the screen too, and tells the server of someone
// who reads for long.
class IdleLock {
  constructor(minutes) {
    this.limit = minutes * 60000;
    this.lastUse = Date.now();
    this.lastPing = Date.now();
    for (const name of ["pointerdown", "keydown", "wheel", "touchstart"]) {
      window.addEventListener(name, () => { this.lastUse = Date.now(); }, { passive: true });
    }
    setInterval(() => this.check(), 15000);
  }

  check() {
    const now = Date.now();
    if (now - this.lastUse > this.limit) {
      const body = new URLSearchParams({ csrf: token });
      fetch("/lock", { method: "POST", body }).catch(() => {}).finally(() => {
        location.replace("/unlock?idle=1&next=" + encodeURIComponent(location.pathname));
      });
    } else if (this.lastUse > this.lastPing && now - this.lastPing > 60000) {
      this.lastPing = now;
      fetch("/session").catch(() => {});
    }
  }
}

// MARK: Counting down to a deadline of the law

class Countdown {
  constructor(line) {
    this.line = line;
    this.until = Date.parse(line.dataset.deadline);
    this.show();
    setInterval(() => this.show(), 30000);
  }

  show() {
    const minutes = Math.floor((this.until - Date.now()) / 60000);
    const hours = Math.floor(minutes / 60);
    const time = hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
    const spoken = document.documentElement.lang === "vi" ? time.replace(" h", " giờ").replace(" min", " phút") : time;
    this.line.textContent = minutes < 0 ? this.line.dataset.over : `${this.line.dataset.left} ${spoken}`;
  }
}

for (const line of document.querySelectorAll("[data-deadline]")) new Countdown(line);
for (const form of document.querySelectorAll("form[data-answers]")) form.saver = new AnswerSaver(form);
for (const card of document.querySelectorAll("[data-status]")) new SyncWatcher(card);
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
const idle = document.querySelector('meta[name="idle-minutes"]');
if (idle) new IdleLock(Number(idle.content));
if (!location.hash) document.getElementById("summary")?.focus({ preventScroll: true });
// A file dropped beside its zone must not replace the page.
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
