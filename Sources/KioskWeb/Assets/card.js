// The QR code of a citizen's card, typed by a scanner that is a keyboard to the computer.
"use strict";

class CardScan {
  constructor(box) {
    this.box = box;
    this.form = box.closest("form");
    this.dialog = box.querySelector("dialog");
    this.area = box.querySelector("textarea");
    this.fault = this.dialog.querySelector(".error");
    this.address = box.querySelector(".card-address");
    box.hidden = false;
    box.querySelector("[data-scan]").addEventListener("click", () => this.open());
    box.querySelector("[data-close]").addEventListener("click", () => this.dialog.close());
    // What was scanned is a person's: it does not stay in the page.
    this.dialog.addEventListener("close", () => this.clear());
    this.area.addEventListener("keydown", (event) => this.pressed(event));
    this.area.addEventListener("input", () => this.collected());
    this.address.querySelector("button").addEventListener("click", () => this.copyAddress());
  }

  open() {
    this.clear();
    this.fault.hidden = true;
    this.dialog.showModal();
    this.area.focus();
  }

  clear() {
    clearTimeout(this.timer);
    this.area.value = "";
  }

  // Scanners end with Enter or Tab, or with nothing: then a pause is the end. A person types slower than that and shorter.
  pressed(event) {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Tab") || this.area.value.trim() === "") return;
    event.preventDefault();
    this.send();
  }

  collected() {
    clearTimeout(this.timer);
    if (this.area.value.length >= 20) this.timer = setTimeout(() => this.send(), 800);
  }

  async send() {
    const text = this.area.value;
    this.clear();
    if (this.isBusy || text.trim() === "") return;
    this.isBusy = true;
    const saver = this.form.saver;
    // An answer under way must not come after the card's.
    for (let turn = 0; turn < 50 && saver.isBusy; turn += 1) await new Promise((resolve) => setTimeout(resolve, 100));
    const words = this.form.dataset;
    try {
      let response = await this.post(text);
      if (response.status === 403) {
        await renewToken();
        response = await this.post(text);
      }
      const answer = await response.json();
      if (answer.saved) this.fill(answer);
      else this.fail(response.status === 401 ? words.locked : answer.message ?? words.unsaved);
    } catch {
      this.fail(words.unsaved);
    }
    this.isBusy = false;
  }

  post(text) {
    return fetch(this.box.dataset.card, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token, Accept: "application/json" },
      body: JSON.stringify({ text, prefix: this.box.dataset.prefix, section: this.form.dataset.section }),
    });
  }

  fail(message) {
    this.fault.textContent = message;
    this.fault.hidden = false;
    this.area.focus();
  }

  fieldAt(address) { return this.form.saver.fields().find((field) => field.dataset.address === address); }

  fill(answer) {
    const saver = this.form.saver;
    for (const { pointer, value } of answer.filled) {
      const field = this.fieldAt(pointer);
      if (!field) continue;
      for (const control of field.querySelectorAll(".control input, .control textarea, .choice input")) {
        clearTimeout(saver.timers.get(control.name));
        saver.waiting.delete(control.name);
        if (control.type === "radio") control.checked = control.value === value;
        else control.value = value;
      }
      saver.left.add(pointer);
      saver.mark(field, "ok", "✓ " + saver.words("saved"));
    }
    saver.refresh(answer);
    saver.show("ok", "✓ " + saver.words("saved") + " " + answer.at);
    this.box.querySelector(".card-report").textContent = answer.message;
    this.offered = answer.address ?? null;
    this.address.hidden = this.offered === null;
    this.address.querySelector("b").textContent = this.offered?.value ?? "";
    this.dialog.close();
  }

  // The address on a card is often no longer right: a person decides.
  copyAddress() {
    const control = this.fieldAt(this.offered?.pointer)?.querySelector(".control input, .control textarea");
    if (!control) return;
    control.value = this.offered.value;
    control.dispatchEvent(new Event("change", { bubbles: true }));
    this.address.hidden = true;
    control.focus();
  }
}

for (const box of document.querySelectorAll("form[data-answers] [data-card]")) new CardScan(box);
